/* The sections of logs.json, each a new reference. */
#ifndef EMIT_LOG_SECTIONS_H
#define EMIT_LOG_SECTIONS_H

#include "model/log.h"

#include <jansson.h>

json_t *section_stages(const struct log *log);
json_t *section_errors(const struct log *log);
json_t *section_attempts(const struct log *log); /* retry_attempts */
json_t *section_calls(const struct log *log);    /* claude_api_usage */
json_t *section_checks(const struct log *log);   /* validation_history */
json_t *log_repairs_list(const struct log *log); /* which fix helped against which error how often */
json_t *section_summary(const struct log *log);
json_t *section_origin(const struct log *log); /* vlagg */

#endif
