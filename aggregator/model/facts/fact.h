/* Something that happened once, kept as it was: facts.def says which events are, and with which fields.
 *
 * Strings belong to the set of facts that it is in. */
#ifndef MODEL_FACTS_FACT_H
#define MODEL_FACTS_FACT_H

#include "model/record.h"

#include <stdbool.h>

enum fact_kind {
#define FACT_EVENT(kind, event)  FACT_##kind,
#define FACT(kind, name, fields) FACT_##kind,
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
    FACT_KINDS,
};

#define VL_U(name)              uint64_t name;
#define VL_I(name)              int64_t name;
#define VL_S(name)              struct str name;
#define FACT_EVENT(kind, event) /* record.h has it */
#define FACT(kind, name, fields)                                                                             \
    struct fact_##name {                                                                                     \
        fields                                                                                               \
    };
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
#undef VL_U
#undef VL_I
#undef VL_S

struct fact {
    uint64_t ticks;    /* end of the call */
    uint64_t took;     /* raw ticks */
    uint64_t sequence; /* chunk sequence << 32 | offset in the chunk */
    uint32_t process;
    uint32_t tid;
    uint32_t video; /* where it was filed; NONE never: _run is a video of empty name */
    enum fact_kind kind;
    union {
#define FACT_EVENT(kind, event)  struct event_##event event;
#define FACT(kind, name, fields) struct fact_##name name;
#include "model/facts/facts.def"
#undef FACT_EVENT
#undef FACT
        uint64_t cells[9]; /* the same without names, as in struct record */
    };
};

/* The fields of a kind. */
const struct shape *fact_shape(enum fact_kind kind);

/* Room that a fact of any kind takes as bytes: unused strings are empty, unused numbers 0. */
#define FACT_STRINGS 2
#define FACT_NUMBERS 7

/* The fields of a fact by type, each in the order of its row; NULL beyond the last. */
struct fact_fields {
    struct str *strings[FACT_STRINGS];
    uint64_t *numbers[FACT_NUMBERS];
};
struct fact_fields fact_fields(struct fact *fact);

/* <0, 0, >0 by what it says, apart from where and when; both of one kind. */
int fact_compare(const struct fact *a, const struct fact *b);

/* Whether it tells of a file or folder by its path, and that path: of a renaming the new one. */
bool fact_is_of_path(const struct fact *fact);
struct str fact_path(const struct fact *fact);

#endif
