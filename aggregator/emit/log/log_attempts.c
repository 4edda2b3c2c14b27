/* What was tried and checked: attempts and validations. */
#include "emit/log/sections.h"

#include "emit/cost_sums.h"
#include "emit/entry.h"
#include "emit/json.h"
#include "emit/log/log_usage.h"

static json_t *call_ids(const struct attempt *attempt)
{
    json_t *list = json_array();
    VEC_EACH (const uint64_t, key, &attempt->calls)
        json_array_append_new(list, json_hex(*key));
    return list;
}

/* What its function returned, as far as the table of functions keeps it. */
static void set_result(json_t *object, const char *name, struct str result)
{
    json_t *returned = json_loadb(result.ptr ? result.ptr : "", result.len, 0, NULL);
    if (json_object_size(returned))
        entry_set(object, name, returned);
    else
        json_decref(returned);
}

static json_t *attempt_row(const struct log *log, const struct attempt *attempt)
{
    const struct failure *failure =
        attempt->outcome == OUTCOME_SUCCESS ? NULL : entry_failure(log, attempt->failure);
    json_t *object = json_object();
    entry_set(object, "attempt_number", json_integer(attempt->number));
    entry_set(object, "method", json_text(attempt->method));
    entry_set(object, "status", json_string(outcome_word(attempt->outcome)));
    entry_set(object, "duration_seconds", json_seconds(attempt->last_ns - attempt->start_ns));
    entry_set(object, "error_category", failure ? json_text(failure->category) : json_null());
    entry_set(object, "error_message", failure ? json_text(failure->message) : json_null());
    entry_set(object, "memory_peak_mb", json_megabytes(attempt->peak_kb));
    entry_set(object, "cpu_percent",
              log_usage_percent(attempt->cpu_us, attempt->last_ns - attempt->start_ns));
    entry_set(object, "timestamp", json_time(log, attempt->start_ns));
    entry_set(object, "scene", json_text_or_null(attempt->scene));
    entry_set(object, "exit_status",
              attempt->exit_status < 0 ? json_null() : json_integer(attempt->exit_status));
    entry_set(object, "auto_recovery_attempted", json_boolean(attempt->recovery));
    set_result(object, "result_data", attempt->result);
    set_result(object, "fix_data", attempt->help);
    if (attempt->fix_number >= 0)
        entry_set(object, "fix_number", json_integer(attempt->fix_number));
    entry_set(object, "claude_call_ids", call_ids(attempt));
    entry_set(object, "attempt_id", json_hex(attempt->key));
    if (attempt->calls.count)
        entry_set(object, "claude_usage", cost_sum_json(cost_sum_of_attempt(log, attempt)));
    entry_set_report(log, object, &attempt->report);
    entry_set_rule(object, attempt->rule);
    entry_sign(object);
    return object;
}

json_t *section_attempts(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct stage, stage, &log->story->stages) {
        json_t *list = json_array();
        VEC_EACH (const struct attempt, attempt, &log->story->attempts)
            if (str_equal(attempt->stage, stage->name))
                json_array_append_new(list, attempt_row(log, attempt));
        if (json_array_size(list))
            json_object_set(object, str_c(log->tree->arena, stage->name), list);
        json_decref(list);
    }
    return object;
}

static json_t *check_row(const struct log *log, const struct check *check)
{
    json_t *object = json_object(), *errors = json_array(), *fixes = json_array();
    VEC_EACH (const struct str, error, &check->errors)
        json_array_append_new(errors, json_text(*error));
    if (check->success == 0 && !check->errors.count && check->failure != NONE)
        json_array_append_new(errors, entry_message(log, check->failure));
    else if (check->success == 0 && !check->errors.count && check->message.len)
        json_array_append_new(errors, json_text(check->message));
    VEC_EACH (const struct str, fix, &check->fixes)
        json_array_append_new(fixes, json_text(*fix));
    entry_set(object, "timestamp", json_time(log, check->at_ns));
    entry_set(object, "type", json_text(check->type));
    entry_set(object, "success", json_flag(check->success));
    entry_set(object, "errors", errors);
    entry_set(object, "fixes_applied", fixes);
    entry_set(object, "auto_recovery_attempted", json_boolean(check->recovery));
    entry_set(object, "scene", json_text_or_null(check->scene));
    entry_set(object, "stage", json_text_or_null(check->stage));
    entry_set_report(log, object, &check->report);
    entry_set_rule(object, check->rule);
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
