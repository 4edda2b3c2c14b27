/* What it came to, and where the log came from. */
#include "emit/log/sections.h"

#include "emit/cost_sums.h"
#include "emit/entry.h"
#include "emit/json.h"
#include "vl/event.h"
#include "vl/version.h"

static json_t *retry_row(const struct log *log, const struct stage *stage)
{
    json_int_t total = 0, good = 0;
    int64_t duration_ns = 0;
    VEC_EACH (const struct attempt, attempt, &log->story->attempts) {
        if (!str_equal(attempt->stage, stage->name))
            continue;
        total++;
        good += attempt->outcome == OUTCOME_SUCCESS;
        duration_ns += attempt->last_ns - attempt->start_ns;
    }
    if (!total)
        return NULL;
    json_t *object = json_object();
    entry_set(object, "total_attempts", json_integer(total));
    entry_set(object, "successful_attempts", json_integer(good));
    entry_set(object, "avg_duration", json_seconds(duration_ns / total));
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
    VEC_EACH (const struct attempt, attempt, &log->story->attempts) {
        attempted += attempt->number == 2;
        recovered += attempt->number > 1 && attempt->outcome == OUTCOME_SUCCESS;
        fixes += attempt->is_fix;
        fixed += attempt->is_fix && attempt->outcome == OUTCOME_SUCCESS;
    }
    json_t *object = json_object();
    entry_set(object, "attempted", json_integer(attempted));
    entry_set(object, "recovered", json_integer(recovered));
    entry_set(object, "claude_fixes", json_integer(fixes));
    entry_set(object, "claude_fixes_successful", json_integer(fixed));
    entry_set(object, "fixes", log_repairs_list(log));
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

json_t *section_summary(const struct log *log)
{
    json_int_t good = 0, errors = 0;
    struct cost_sum cost_sum = cost_sum_of_story(log);
    int64_t duration_ns = 0;
    json_t *object = json_object(), *categories = error_categories(log, &errors);
    VEC_EACH (const struct stage, stage, &log->story->stages) {
        good += stage->outcome == OUTCOME_SUCCESS || stage->outcome == OUTCOME_SKIPPED;
        duration_ns += stage->usage.duration_ns;
    }
    entry_set(object, "video_id", json_text(log->story->video->name));
    entry_set(object, "total_stages", json_integer((json_int_t)log->story->stages.count));
    entry_set(object, "successful_stages", json_integer(good));
    entry_set(object, "total_errors", json_integer((json_int_t)log->groups->count));
    entry_set(object, "error_occurrences", json_integer(errors));
    entry_set(object, "total_claude_calls", json_integer((json_int_t)cost_sum.calls));
    entry_set(object, "estimated_total_cost", json_dollars(cost_sum.cost));
    entry_set(object, "calls_without_cost", json_integer((json_int_t)cost_sum.without_cost));
    cost_sums_add_tables(log, object);
    entry_set(object, "processing_duration", json_seconds(duration_ns));
    entry_set(object, "error_categories", categories);
    entry_set(object, "retry_summary", retry_summary(log));
    entry_set(object, "recovery", recovery(log));
    entry_sign(object);
    return object;
}

static json_t *damage_row(const struct damage *damage)
{
    json_t *object = json_object();
    entry_set(object, "file", json_text(damage->file));
    entry_set(object, "offset", json_integer((json_int_t)damage->offset));
    entry_set(object, "bytes", json_integer((json_int_t)damage->bytes));
    entry_set(object, "what", json_text(damage->what));
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
            entry_set(object, reasons[i].name, json_integer((json_int_t)log->dropped[reasons[i].number]));
    return object;
}

static json_t *host_names(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct host, host, &log->tree->facts->hosts)
        json_array_append_new(list, json_text(host->name));
    return list;
}

json_t *section_origin(const struct log *log)
{
    json_int_t dropped = 0;
    json_t *object = json_object(), *damages = json_array(), *by_reason = drops(log, &dropped);
    VEC_EACH (const struct damage, damage, log->damages)
        json_array_append_new(damages, damage_row(damage));
    entry_set(object, "version", json_string(VL_TOOL_VERSION));
    entry_set(object, "rules_version", json_text_or_null(log->rules_version));
    cost_sums_add_origin(log, object);
    entry_set(object, "events", json_integer((json_int_t)log->story->events));
    entry_set(object, "processes", json_integer(log->story->processes));
    entry_set(object, "dropped_events", json_integer(dropped));
    entry_set(object, "dropped_by_reason", by_reason);
    entry_set(object, "first_event", json_time(log, log->story->first_ns));
    entry_set(object, "last_event", json_time(log, log->story->last_ns));
    entry_set(object, "hosts", host_names(log));
    entry_set(object, "damage", damages);
    return object;
}
