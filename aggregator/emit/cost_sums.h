/* What calls of the Claude API came to: by stage, model and attempt, and how often the API had had enough. */
#ifndef EMIT_COST_SUMS_H
#define EMIT_COST_SUMS_H

#include "model/log.h"

#include <jansson.h>

struct cost_sum cost_sum_of_story(const struct log *log);
struct cost_sum cost_sum_of_attempt(const struct log *log, const struct attempt *attempt);

/* calls, calls_without_cost, tokens and cost. A new reference. */
json_t *cost_sum_json(struct cost_sum cost_sum);

/* claude_by_stage and claude_by_model, where there are calls. */
void cost_sums_add_tables(const struct log *log, json_t *summary);

/* The price table, warnings, and what belongs to no video. */
void cost_sums_add_origin(const struct log *log, json_t *origin);

/* A row for each stretch of time in which calls were refused. A new reference. */
json_t *cost_sums_rate_limits(const struct log *log);

#endif
