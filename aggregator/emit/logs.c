/* The document: stages, errors, attempts, calls, validations, summary, and where all that came from. */
#include "emit/logs.h"

#include "emit/figures.h"
#include "emit/json.h"
#include "vl/event.h"
#include "vl/version.h"

static void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

static void sign(json_t *object) { set(object, "by", json_string("vlagg")); }

static const char *const outcomes[] = {"success", "failed", "timeout", "interrupted", "running", "skipped"};

static json_t *stage_status(enum outcome outcome)
{
    return json_string(outcome == OUTCOME_SUCCESS ? "completed" : outcomes[outcome]);
}

/* What is not over, or was cut off, is neither a success nor a failure. */
static json_t *success_of(enum outcome outcome)
{
    bool open = outcome == OUTCOME_RUNNING || outcome == OUTCOME_INTERRUPTED;
    return open ? json_null() : json_boolean(outcome == OUTCOME_SUCCESS || outcome == OUTCOME_SKIPPED);
}

static const struct mishap *mishap_at(const struct log *log, uint32_t index)
{
    return index == NONE ? NULL : VEC_AT(&log->story->mishaps, struct mishap, index);
}

static json_t *message_of(const struct log *log, uint32_t mishap)
{
    return mishap == NONE ? json_null() : json_text(mishap_at(log, mishap)->message);
}

static void set_verdict(json_t *object, const struct mishap *mishap)
{
    set(object, "category", json_text(mishap->category));
    set(object, "message", json_text(mishap->message));
    set(object, "stack_trace", json_text_or_null(mishap->trace));
    set(object, "fixable", json_flag(mishap->fixable));
    set(object, "auto_recoverable", json_flag(mishap->auto_recoverable));
    set(object, "suggested_fix", json_text_or_null(mishap->fix));
}

static const struct variant *variant_of(const struct log *log, const struct mishap *mishap)
{
    VEC_EACH (const struct group, group, log->groups)
        VEC_EACH (const struct variant, variant, &group->variants)
            if (variant->fingerprint == mishap->fingerprint &&
                str_equal(variant->example->stage, mishap->stage))
                return variant;
    return NULL;
}

static json_t *stage_error(const struct log *log, const struct mishap *mishap)
{
    const struct variant *variant = variant_of(log, mishap);
    json_t *object = json_object();
    set_verdict(object, mishap);
    set(object, "occurrence_count", json_integer(variant ? (json_int_t)variant->count : 1));
    set(object, "first_seen", json_time(log, variant ? variant->first_ns : mishap->at_ns));
    set(object, "last_seen", json_time(log, variant ? variant->last_ns : mishap->at_ns));
    if (mishap->scene.len)
        set(object, "scene", json_text(mishap->scene));
    sign(object);
    return object;
}

static json_t *scene_row(const struct scene *scene)
{
    json_t *object = json_object();
    set(object, "scene", json_text(scene->name));
    set(object, "status", json_string(outcomes[scene->outcome]));
    set(object, "attempts", json_integer(scene->tries));
    set(object, "duration", json_seconds(scene->duration_ns));
    set(object, "exit_status", scene->exit_status < 0 ? json_null() : json_integer(scene->exit_status));
    set(object, "output", json_text_or_null(scene->output));
    return object;
}

/* A number where all of it is one. */
static json_t *value_of(struct str text)
{
    json_int_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i > 15)
            return json_text(text);
        number = number * 10 + (text.ptr[i] - '0');
    }
    return text.len ? json_integer(number) : json_null();
}

static void set_scenes(json_t *object, const struct stage *stage)
{
    json_t *list = json_array();
    json_int_t good = 0;
    VEC_EACH (const struct scene, scene, &stage->scenes) {
        json_array_append_new(list, scene_row(scene));
        good += scene->outcome == OUTCOME_SUCCESS;
    }
    set(object, "scenes", list);
    set(object, "scenes_total", json_integer((json_int_t)stage->scenes.count));
    set(object, "scenes_succeeded", json_integer(good));
}

static json_t *result_data(const struct log *log, const struct stage *stage)
{
    json_t *object = json_object(), *errors = json_array();
    VEC_EACH (const struct signal_value, value, &stage->values)
        json_object_set_new(object, str_c(log->tree->arena, value->name), value_of(value->value));
    if (stage->scenes.count)
        set_scenes(object, stage);
    VEC_EACH (const uint32_t, mishap, &stage->validation_errors)
        json_array_append_new(errors, message_of(log, *mishap));
    set(object, "validation_errors", errors);
    set(object, "retry_attempts", json_integer(stage->retries));
    return object;
}

static json_t *stage_entry(const struct log *log, const struct stage *stage)
{
    json_t *object = json_object();
    set(object, "status", stage_status(stage->outcome));
    set(object, "method", json_text_or_null(stage->method));
    set(object, "start_time", json_time(log, stage->start_ns));
    set(object, "end_time", json_time_or_null(log, stage->end_ns));
    set(object, "success", success_of(stage->outcome));
    set(object, "performance", figures_section(&stage->figures));
    set(object, "result_data", result_data(log, stage));
    if (stage->mishap != NONE)
        set(object, "error", stage_error(log, mishap_at(log, stage->mishap)));
    sign(object);
    return object;
}

static json_t *stages_section(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct stage, stage, &log->story->stages)
        json_object_set_new(object, str_c(log->tree->arena, stage->name), stage_entry(log, stage));
    return object;
}

static json_t *scenes_of(const struct variant *variant)
{
    json_t *list = json_array();
    VEC_EACH (const struct str, scene, &variant->scenes)
        json_array_append_new(list, json_text(*scene));
    return list;
}

static void set_counts(const struct log *log, json_t *object, uint64_t count, int64_t first_ns,
                       int64_t last_ns)
{
    set(object, "occurrence_count", json_integer((json_int_t)count));
    set(object, "first_seen", json_time(log, first_ns));
    set(object, "last_seen", json_time(log, last_ns));
}

static json_t *variant_row(const struct log *log, const struct variant *variant)
{
    json_t *object = json_object();
    set(object, "fingerprint", json_hex(variant->fingerprint));
    set(object, "message", json_text(variant->example->message));
    set_counts(log, object, variant->count, variant->first_ns, variant->last_ns);
    set(object, "stack_trace", json_text_or_null(variant->example->trace));
    set(object, "suggested_fix", json_text_or_null(variant->example->fix));
    set(object, "scenes", scenes_of(variant));
    return object;
}

/* The last lines of a failure that no pattern knows. */
#define TAIL_LINES 20
static json_t *tail_of(const struct mishap *mishap)
{
    json_t *list = json_array();
    size_t count = mishap->others.count < TAIL_LINES ? mishap->others.count : TAIL_LINES;
    while (count-- > 0)
        json_array_append_new(list, json_text(*VEC_AT(&mishap->others, struct str, count)));
    return list;
}

static json_t *error_entry(const struct log *log, const struct group *group)
{
    const struct variant *first = VEC_AT(&group->variants, struct variant, 0);
    json_t *object = json_object(), *variants = json_array();
    set_verdict(object, first->example);
    set_counts(log, object, group->count, group->first_ns, group->last_ns);
    set(object, "stage", json_text_or_null(first->example->stage));
    VEC_EACH (const struct variant, variant, &group->variants)
        json_array_append_new(variants, variant_row(log, variant));
    set(object, "variants", variants);
    if (str_equal(group->category, STR("unknown_error")))
        set(object, "last_lines", tail_of(first->example));
    sign(object);
    return object;
}

static json_t *errors_section(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct group, group, log->groups)
        json_object_set_new(object, str_c(log->tree->arena, group->key), error_entry(log, group));
    return object;
}

static json_t *call_ids(const struct log *log, const struct try *one)
{
    json_t *list = json_array();
    VEC_EACH (const uint32_t, call, &one->calls)
        json_array_append_new(list, json_hex(VEC_AT(&log->story->calls, struct call, *call)->key));
    return list;
}

static json_t *attempt_row(const struct log *log, const struct try *one)
{
    const struct mishap *mishap = one->outcome == OUTCOME_SUCCESS ? NULL : mishap_at(log, one->mishap);
    json_t *object = json_object();
    set(object, "attempt_number", json_integer(one->number));
    set(object, "method", json_text(one->method));
    set(object, "status", json_string(outcomes[one->outcome]));
    set(object, "duration_seconds", json_seconds(one->last_ns - one->start_ns));
    set(object, "error_category", mishap ? json_text(mishap->category) : json_null());
    set(object, "error_message", mishap ? json_text(mishap->message) : json_null());
    set(object, "memory_peak_mb", json_megabytes(one->peak_kb));
    set(object, "cpu_percent", figures_percent(one->cpu_us, one->last_ns - one->start_ns));
    set(object, "timestamp", json_time(log, one->start_ns));
    set(object, "scene", json_text_or_null(one->scene));
    set(object, "exit_status", one->exit_status < 0 ? json_null() : json_integer(one->exit_status));
    set(object, "auto_recovery_attempted", json_boolean(one->recovery));
    if (one->fix_number >= 0)
        set(object, "fix_number", json_integer(one->fix_number));
    set(object, "claude_call_ids", call_ids(log, one));
    set(object, "attempt_id", json_hex(one->key));
    sign(object);
    return object;
}

static json_t *attempts_section(const struct log *log)
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
        set(object, counts[i], json_null());
    set(object, "source", json_string("process"));
    set(object, "usage", json_string("none"));
    set(object, "usage_reason", json_string("no usage was recorded"));
}

static json_t *call_row(const struct log *log, const struct call *call)
{
    const struct mishap *mishap = mishap_at(log, call->mishap);
    json_t *object = json_object();
    set(object, "call_id", json_hex(call->key));
    set(object, "timestamp", json_time(log, call->start_ns));
    set(object, "model_used", json_null());
    set(object, "model_requested", json_text_or_null(call->model));
    set_no_usage(object);
    set(object, "response_time_seconds", json_seconds(call->last_ns - call->start_ns));
    set(object, "success", json_flag(call->success));
    set(object, "error_message", call->success == 0 ? message_of(log, call->mishap) : json_null());
    set(object, "rate_limited", json_boolean(is_rate_limit(mishap)));
    set(object, "stage", json_text_or_null(call->stage));
    set(object, "attempt_id", json_hex(call->attempt));
    set(object, "pid", json_integer(call->pid));
    sign(object);
    return object;
}

static json_t *calls_section(const struct log *log)
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
        json_array_append_new(errors, message_of(log, check->mishap));
    else if (check->success == 0 && check->message.len)
        json_array_append_new(errors, json_text(check->message));
    if (check->fix.len)
        json_array_append_new(fixes, json_text(check->fix));
    set(object, "timestamp", json_time(log, check->at_ns));
    set(object, "type", json_text(check->type));
    set(object, "success", json_flag(check->success));
    set(object, "errors", errors);
    set(object, "fixes_applied", fixes);
    set(object, "auto_recovery_attempted", json_boolean(check->recovery));
    set(object, "scene", json_text_or_null(check->scene));
    sign(object);
    return object;
}

static json_t *checks_section(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct check, check, &log->story->checks)
        json_array_append_new(list, check_row(log, check));
    return list;
}

static json_t *retry_row(const struct log *log, const struct stage *stage)
{
    json_int_t total = 0, good = 0;
    int64_t duration_ns = 0;
    VEC_EACH (const struct try, one, &log->story->tries) {
        if (!str_equal(one->stage, stage->name))
            continue;
        total++;
        good += one->outcome == OUTCOME_SUCCESS;
        duration_ns += one->last_ns - one->start_ns;
    }
    if (!total)
        return NULL;
    json_t *object = json_object();
    set(object, "total_attempts", json_integer(total));
    set(object, "successful_attempts", json_integer(good));
    set(object, "avg_duration", json_seconds(duration_ns / total));
    return object;
}

static json_t *retry_summary(const struct log *log)
{
    json_t *object = json_object();
    VEC_EACH (const struct stage, stage, &log->story->stages) {
        json_t *row = retry_row(log, stage);
        if (row)
            json_object_set_new(object, str_c(log->tree->arena, stage->name), row);
    }
    return object;
}

/* Things that failed at first, and how many of them went well in the end. */
static json_t *recovery(const struct log *log)
{
    json_int_t attempted = 0, recovered = 0, fixes = 0, fixed = 0;
    VEC_EACH (const struct try, one, &log->story->tries) {
        attempted += one->number == 2;
        recovered += one->number > 1 && one->outcome == OUTCOME_SUCCESS;
        fixes += one->is_fix;
        fixed += one->is_fix && one->outcome == OUTCOME_SUCCESS;
    }
    json_t *object = json_object();
    set(object, "attempted", json_integer(attempted));
    set(object, "recovered", json_integer(recovered));
    set(object, "claude_fixes", json_integer(fixes));
    set(object, "claude_fixes_successful", json_integer(fixed));
    return object;
}

static json_t *error_categories(const struct log *log, json_int_t *total)
{
    json_t *object = json_object();
    *total = 0;
    VEC_EACH (const struct group, group, log->groups) {
        const char *category = str_c(log->tree->arena, group->category);
        json_int_t before = json_integer_value(json_object_get(object, category));
        json_object_set_new(object, category, json_integer(before + (json_int_t)group->count));
        *total += (json_int_t)group->count;
    }
    return object;
}

static json_t *summary_section(const struct log *log)
{
    json_int_t good = 0, errors = 0, calls = (json_int_t)log->story->calls.count;
    int64_t duration_ns = 0;
    json_t *object = json_object(), *categories = error_categories(log, &errors);
    VEC_EACH (const struct stage, stage, &log->story->stages) {
        good += stage->outcome == OUTCOME_SUCCESS || stage->outcome == OUTCOME_SKIPPED;
        duration_ns += stage->figures.duration_ns;
    }
    set(object, "video_id", json_text(log->story->film->name));
    set(object, "total_stages", json_integer((json_int_t)log->story->stages.count));
    set(object, "successful_stages", json_integer(good));
    set(object, "total_errors", json_integer((json_int_t)log->groups->count));
    set(object, "error_occurrences", json_integer(errors));
    set(object, "total_claude_calls", json_integer(calls));
    set(object, "estimated_total_cost", json_real(0));
    set(object, "calls_without_cost", json_integer(calls));
    set(object, "processing_duration", json_seconds(duration_ns));
    set(object, "error_categories", categories);
    set(object, "retry_summary", retry_summary(log));
    set(object, "recovery", recovery(log));
    sign(object);
    return object;
}

static json_t *damage_row(const struct damage *damage)
{
    json_t *object = json_object();
    set(object, "file", json_text(damage->file));
    set(object, "offset", json_integer((json_int_t)damage->offset));
    set(object, "bytes", json_integer((json_int_t)damage->bytes));
    set(object, "what", json_text(damage->what));
    return object;
}

static const struct {
    unsigned number;
    const char *name;
} reasons[] = {
#define VL_REASON(name, number, text) {number, #name},
#include "vl/reason.def"
#undef VL_REASON
};

static json_t *drops(const struct log *log, json_int_t *total)
{
    json_t *object = json_object();
    *total = 0;
    for (size_t i = 0; i < 64; i++)
        *total += (json_int_t)log->dropped[i];
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (log->dropped[reasons[i].number])
            set(object, reasons[i].name, json_integer((json_int_t)log->dropped[reasons[i].number]));
    return object;
}

static json_t *host_names(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct host, host, &log->tree->facts->hosts)
        json_array_append_new(list, json_text(host->name));
    return list;
}

static json_t *origin_section(const struct log *log)
{
    json_int_t dropped = 0;
    json_t *object = json_object(), *damages = json_array(), *by_reason = drops(log, &dropped);
    VEC_EACH (const struct damage, damage, log->damages)
        json_array_append_new(damages, damage_row(damage));
    set(object, "version", json_string(VL_TOOL_VERSION));
    set(object, "rules_version", json_text_or_null(log->rules_version));
    set(object, "events", json_integer((json_int_t)log->story->events));
    set(object, "processes", json_integer(log->story->processes));
    set(object, "dropped_events", json_integer(dropped));
    set(object, "dropped_by_reason", by_reason);
    set(object, "first_event", json_time(log, log->story->first_ns));
    set(object, "last_event", json_time(log, log->story->last_ns));
    set(object, "hosts", host_names(log));
    set(object, "damage", damages);
    return object;
}

static json_t *performance_section(const struct log *log)
{
    json_t *object = figures_section(&log->story->figures);
    sign(object);
    return object;
}

json_t *logs_document(const struct log *log)
{
    json_t *root = json_object();
    set(root, "video_id", json_text(log->story->film->name));
    set(root, "created_at", json_time(log, log->story->first_ns));
    set(root, "stages", stages_section(log));
    set(root, "errors", errors_section(log));
    set(root, "retry_attempts", attempts_section(log));
    set(root, "claude_api_usage", calls_section(log));
    set(root, "validation_history", checks_section(log));
    set(root, "performance", performance_section(log));
    set(root, "summary", summary_section(log));
    set(root, "vlagg", origin_section(log));
    return root;
}
