/* The parts that entries are put together from. */
#include "emit/entry.h"

#include "emit/json.h"

void entry_set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

void entry_sign(json_t *object) { entry_set(object, "by", json_string("vlagg")); }

void entry_set_report(const struct log *log, json_t *object, const struct self_report *report)
{
    struct log local = *log;
    local.utc = false;
    if (!report->reported)
        return;
    entry_set(object, "said_at", report->at.len ? json_text(report->at) : json_time(&local, report->at_ns));
    if (report->alone)
        entry_set(object, "source", json_string("annotation"));
}

void entry_set_rule(json_t *object, struct str rule)
{
    if (rule.len)
        entry_set(object, "rule", json_text(rule));
}

const struct failure *entry_failure(const struct log *log, uint32_t index)
{
    return index == NONE ? NULL : VEC_AT(&log->story->failures, struct failure, index);
}

json_t *entry_message(const struct log *log, uint32_t failure)
{
    return failure == NONE ? json_null() : json_text(entry_failure(log, failure)->message);
}

void entry_set_diagnosis(json_t *object, const struct failure *failure)
{
    entry_set(object, "category", json_text(failure->category));
    entry_set(object, "message", json_text(failure->message));
    entry_set(object, "stack_trace", json_text_or_null(failure->trace));
    entry_set(object, "fixable", json_flag(failure->fixable));
    entry_set(object, "auto_recoverable", json_flag(failure->auto_recoverable));
    entry_set(object, "suggested_fix", json_text_or_null(failure->fix));
}

void entry_set_counts(const struct log *log, json_t *object, uint64_t count, int64_t first_ns,
                      int64_t last_ns)
{
    entry_set(object, "occurrence_count", json_integer((json_int_t)count));
    entry_set(object, "first_seen", json_time(log, first_ns));
    entry_set(object, "last_seen", json_time(log, last_ns));
}
