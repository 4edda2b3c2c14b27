/* Which rule made an entry of a log. */
#ifndef EMIT_LOG_EXPLAIN_H
#define EMIT_LOG_EXPLAIN_H

#include "base/err.h"
#include "base/vec.h"

#include <jansson.h>
#include <stdio.h>

/* Writes what made the entry `key` (stages.NAME, errors.KEY, retry_attempts.STAGE.N, validation_history.N,
 * claude_api_usage.ID; N counts from 1) of each log that has it. texts: of struct rule_text. Fails where no
 * log has such an entry. */
int explain_write(FILE *out, const json_t *documents, const char *key, const struct vec *texts,
                  struct err *err);

#endif
