/* JSON values in the units and forms of logs.json, and bytes that are the same on every run.
 *
 * Values are new references; text that is no UTF-8 gets U+FFFD for what cannot be read. */
#ifndef EMIT_JSON_H
#define EMIT_JSON_H

#include "base/str.h"
#include "base/vec.h"
#include "model/log.h"

#include <jansson.h>
#include <stdio.h>

json_t *json_text(struct str text);
json_t *json_text_or_null(struct str text); /* "": null */
json_t *json_hex(uint64_t number);          /* 16 digits */

json_t *json_seconds(int64_t ns);                 /* microseconds kept; below 0: null */
json_t *json_megabytes(int64_t kb);               /* below 0: null */
json_t *json_rounded(double value, double steps); /* to 1/steps; below 0: null */
json_t *json_dollars(int64_t cost);               /* of 10^-12 USD; NO_COST: null */
json_t *json_count(int64_t number);               /* below 0: null */
json_t *json_flag(int known);                     /* 1, 0; -1: null */

/* As Python's datetime.isoformat() prints it, in local time or (log->utc) with Z. */
json_t *json_time(const struct log *log, int64_t at_ns);
json_t *json_time_or_null(const struct log *log, int64_t at_ns);

/* The whole document, indented by two, numbers in their shortest form that reads back the same, keys in their
 * order; the caller frees it. */
char *json_write(const json_t *root, size_t *bytes);

/* The same without any white space or line end. */
void json_put_compact(FILE *out, const json_t *value);

#endif
