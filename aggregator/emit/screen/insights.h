/* What several logs say together: what comes back, what helps, what was in vain. */
#ifndef EMIT_SCREEN_INSIGHTS_H
#define EMIT_SCREEN_INSIGHTS_H

#include <jansson.h>
#include <stdio.h>

/* {"recurring_errors", "fixes", "in_vain", "slowest_operations", "repeated_calls", "early_signs"} of an array
 * of logs. Each row has its evidence: the videos, and the entries in their logs. A new reference. */
json_t *insights_json(const json_t *documents);

/* The same on 80 columns. 0, or -1: the output failed. */
int insights_print(FILE *out, const json_t *insights);

#endif
