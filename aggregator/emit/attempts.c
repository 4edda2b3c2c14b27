/* What was tried, asked and checked: attempts, calls, validations. */
#include "emit/sections.h"

#include "emit/entry.h"
#include "emit/figures.h"
#include "emit/json.h"

static json_t *call_ids(const struct log *log, const struct try *one)
{
    json_t *list = json_array();
    VEC_EACH (const uint32_t, call, &one->calls)
        json_array_append_new(list, json_hex(VEC_AT(&log->story->calls, struct call, *call)->key));
    return list;
}

static json_t *attempt_row(const struct log *log, const struct try *one)
{
    const struct mishap *mishap = one->outcome == OUTCOME_SUCCESS ? NULL : entry_mishap(log, one->mishap);
    json_t *object = json_object();
    entry_set(object, "attempt_number", json_integer(one->number));
    entry_set(object, "method", json_text(one->method));
    entry_set(object, "status", json_string(entry_outcome(one->outcome)));
    entry_set(object, "duration_seconds", json_seconds(one->last_ns - one->start_ns));
    entry_set(object, "error_category", mishap ? json_text(mishap->category) : json_null());
    entry_set(object, "error_message", mishap ? json_text(mishap->message) : json_null());
    entry_set(object, "memory_peak_mb", json_megabytes(one->peak_kb));
    entry_set(object, "cpu_percent", figures_percent(one->cpu_us, one->last_ns - one->start_ns));
    entry_set(object, "timestamp", json_time(log, one->start_ns));
    entry_set(object, "scene", json_text_or_null(one->scene));
    entry_set(object, "exit_status", one->exit_status < 0 ? json_null() : json_integer(one->exit_status));
    entry_set(object, "auto_recovery_attempted", json_boolean(one->recovery));
    if (one->fix_number >= 0)
        entry_set(object, "fix_number", json_integer(one->fix_number));
    entry_set(object, "claude_call_ids", call_ids(log, one));
    entry_set(object, "attempt_id", json_hex(one->key));
    entry_sign(object);
    return object;
}

json_t *section_attempts(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct stage, stage, &log->story->stages) {
        json_t *list = json_array();
        VEC_EACH (const struct try, one, &log->story->tries)
            if (str_equal(one->stage, stage->name))
                json_array_append_new(list, attempt_row(log, one));
        if (json_array_size(list))
            json_object_set(object, str_c(log->tree->arena, stage->name), list);
        json_decref(list);
    }
    return object;
}

static bool is_rate_limit(const struct mishap *mishap)
{
    return mishap && str_equal(mishap->category, STR("claude_api_error")) &&
           (str_find(mishap->message, STR("rate_limit")) >= 0 || str_find(mishap->message, STR("429")) >= 0);
}

static void set_no_usage(json_t *object)
{
    static const char *const counts[] = {"prompt_tokens",     "completion_tokens", "cache_creation_tokens",
                                         "cache_read_tokens", "total_tokens",      "estimated_cost_usd"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        entry_set(object, counts[i], json_null());
    entry_set(object, "source", json_string("process"));
    entry_set(object, "usage", json_string("none"));
    entry_set(object, "usage_reason", json_string("no usage was recorded"));
}

static json_t *call_row(const struct log *log, const struct call *call)
{
    const struct mishap *mishap = entry_mishap(log, call->mishap);
    json_t *object = json_object();
    entry_set(object, "call_id", json_hex(call->key));
    entry_set(object, "timestamp", json_time(log, call->start_ns));
    entry_set(object, "model_used", json_null());
    entry_set(object, "model_requested", json_text_or_null(call->model));
    set_no_usage(object);
    entry_set(object, "response_time_seconds", json_seconds(call->last_ns - call->start_ns));
    entry_set(object, "success", json_flag(call->success));
    entry_set(object, "error_message", call->success == 0 ? entry_message(log, call->mishap) : json_null());
    entry_set(object, "rate_limited", json_boolean(is_rate_limit(mishap)));
    entry_set(object, "stage", json_text_or_null(call->stage));
    entry_set(object, "attempt_id", json_hex(call->attempt));
    entry_set(object, "pid", json_integer(call->pid));
    entry_sign(object);
    return object;
}

json_t *section_calls(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct call, call, &log->story->calls)
        json_array_append_new(list, call_row(log, call));
    return list;
}

static json_t *check_row(const struct log *log, const struct check *check)
{
    json_t *object = json_object(), *errors = json_array(), *fixes = json_array();
    if (check->success == 0 && check->mishap != NONE)
        json_array_append_new(errors, entry_message(log, check->mishap));
    else if (check->success == 0 && check->message.len)
        json_array_append_new(errors, json_text(check->message));
    if (check->fix.len)
        json_array_append_new(fixes, json_text(check->fix));
    entry_set(object, "timestamp", json_time(log, check->at_ns));
    entry_set(object, "type", json_text(check->type));
    entry_set(object, "success", json_flag(check->success));
    entry_set(object, "errors", errors);
    entry_set(object, "fixes_applied", fixes);
    entry_set(object, "auto_recovery_attempted", json_boolean(check->recovery));
    entry_set(object, "scene", json_text_or_null(check->scene));
    entry_sign(object);
    return object;
}

json_t *section_checks(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct check, check, &log->story->checks)
        json_array_append_new(list, check_row(log, check));
    return list;
}
