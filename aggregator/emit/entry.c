/* The parts that entries are put together from. */
#include "emit/entry.h"

#include "emit/json.h"

void entry_set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

void entry_sign(json_t *object) { entry_set(object, "by", json_string("vlagg")); }

void entry_set_word(const struct log *log, json_t *object, const struct word *word)
{
    struct log local = *log;
    local.utc = false;
    if (!word->said)
        return;
    entry_set(object, "said_at", word->at.len ? json_text(word->at) : json_time(&local, word->at_ns));
    if (word->alone)
        entry_set(object, "source", json_string("annotation"));
}

void entry_set_rule(json_t *object, struct str rule)
{
    if (rule.len)
        entry_set(object, "rule", json_text(rule));
}

const struct mishap *entry_mishap(const struct log *log, uint32_t index)
{
    return index == NONE ? NULL : VEC_AT(&log->story->mishaps, struct mishap, index);
}

json_t *entry_message(const struct log *log, uint32_t mishap)
{
    return mishap == NONE ? json_null() : json_text(entry_mishap(log, mishap)->message);
}

void entry_set_verdict(json_t *object, const struct mishap *mishap)
{
    entry_set(object, "category", json_text(mishap->category));
    entry_set(object, "message", json_text(mishap->message));
    entry_set(object, "stack_trace", json_text_or_null(mishap->trace));
    entry_set(object, "fixable", json_flag(mishap->fixable));
    entry_set(object, "auto_recoverable", json_flag(mishap->auto_recoverable));
    entry_set(object, "suggested_fix", json_text_or_null(mishap->fix));
}

void entry_set_counts(const struct log *log, json_t *object, uint64_t count, int64_t first_ns,
                      int64_t last_ns)
{
    entry_set(object, "occurrence_count", json_integer((json_int_t)count));
    entry_set(object, "first_seen", json_time(log, first_ns));
    entry_set(object, "last_seen", json_time(log, last_ns));
}
