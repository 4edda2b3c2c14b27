/* What the entries of all sections of logs.json have in common. */
#ifndef EMIT_ENTRY_H
#define EMIT_ENTRY_H

#include "model/log.h"

#include <jansson.h>

/* Takes over the value. */
void entry_set(json_t *object, const char *key, json_t *value);

/* Says that the entry is ours. */
void entry_sign(json_t *object);

/* Which rule made the entry; nothing where none did. */
void entry_set_rule(json_t *object, struct str rule);

/* said_at: when the program said so itself, as its own log has it; "source": "annotation" where nothing else
 * tells of it. Nothing where it did not. */
void entry_set_report(const struct log *log, json_t *object, const struct self_report *report);

/* NULL for NONE. */
const struct failure *entry_failure(const struct log *log, uint32_t index);
json_t *entry_message(const struct log *log, uint32_t failure);

/* category, message, stack_trace and what may be done. */
void entry_set_diagnosis(json_t *object, const struct failure *failure);

/* occurrence_count, first_seen, last_seen. */
void entry_set_counts(const struct log *log, json_t *object, uint64_t count, int64_t first_ns,
                      int64_t last_ns);

#endif
