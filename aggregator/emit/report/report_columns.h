/* Tables a column at a time, and each text once: small where a hundred thousand rows are much alike.
 *
 *   {"strings": ["a", ...], "tables": {"attempts": {"stage": {"kind": "text", "values": [0, 0, null]}}}} */
#ifndef EMIT_REPORT_REPORT_COLUMNS_H
#define EMIT_REPORT_REPORT_COLUMNS_H

#include "base/arena.h"
#include "base/map.h"

#include <jansson.h>

enum field_kind {
    FIELD_NUMBER,
    FIELD_FLAG,  /* 1, 0 */
    FIELD_TEXT,  /* index in strings */
    FIELD_TEXTS, /* a list of them */
    FIELD_TIME   /* microseconds since 1970 of the clock that a text shows: an offset or Z is not looked at */
};

/* What a row's object has at `path`, which goes down where a dot is; anything of another kind is null. */
struct page_field {
    const char *name, *path;
    enum field_kind kind;
};

struct columns {
    struct arena *arena;
    struct intern strings;
    json_t *tables;
};

/* A table of no rows; `fields` ends with one of no name. Adding to a table that is there is fine. */
void columns_table(struct columns *set, const char *table, const struct page_field *fields);
void columns_add(struct columns *set, const char *table, const struct page_field *fields, const json_t *row);

/* A new reference. */
json_t *columns_json(const struct columns *set);

#endif
