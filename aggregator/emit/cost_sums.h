/* What calls of the Claude API came to: by stage, model and try, and how often the API had had enough. */
#ifndef EMIT_COST_SUMS_H
#define EMIT_COST_SUMS_H

#include "model/log.h"

#include <jansson.h>

struct bill bill_of_story(const struct log *log);
struct bill bill_of_try(const struct log *log, const struct try *one);

/* calls, calls_without_cost, tokens and cost. A new reference. */
json_t *bill_json(struct bill bill);

/* claude_by_stage and claude_by_model, where there are calls. */
void bills_add_tables(const struct log *log, json_t *summary);

/* The price table, warnings, and what belongs to no video. */
void bills_add_origin(const struct log *log, json_t *origin);

/* A row for each stretch of time in which calls were refused. A new reference. */
json_t *bills_throttling(const struct log *log);

#endif
