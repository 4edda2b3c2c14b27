/* What happened, what failed and what it cost: some logs at a glance. */
#ifndef EMIT_SCREEN_OVERVIEW_H
#define EMIT_SCREEN_OVERVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* {"videos": [one row a log], "totals": {...}, "errors": [...]} of an array of logs. Rows have the fields of
 * get_summary(), and status, total_attempts, error_occurrences and errors; what a log of others does not say
 * is told from its sections. errors: of all logs, the same message of a category together with the stages and
 * videos that met it, the most frequent first. A new reference. */
json_t *overview_json(const json_t *documents);

/* The same as a table of 80 columns. colours: with escape sequences. 0, or -1: the output failed. */
int overview_print(FILE *out, const json_t *overview, bool colours);

#endif
