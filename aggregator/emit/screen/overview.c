/* The figures of some logs side by side, and their sums. */
#include "emit/screen/overview.h"

#include "emit/entry.h"
#include "emit/log_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *copy_or(const json_t *object, const char *key, json_t *otherwise)
{
    json_t *value = json_object_get(object, key);
    if (!value)
        return otherwise;
    json_decref(otherwise);
    return json_incref(value);
}

static json_t *successful_stages(const json_t *stages)
{
    json_int_t good = 0;
    const char *key;
    json_t *stage;
    json_object_foreach((json_t *)stages, key, stage) good += json_is_true(json_object_get(stage, "success"));
    return json_integer(good);
}

static json_t *durations(const json_t *stages)
{
    double seconds = 0;
    const char *key;
    json_t *stage;
    json_object_foreach((json_t *)stages, key, stage)
    {
        const json_t *performance = json_object_get(stage, "performance");
        seconds += json_number_value(json_object_get(performance, "duration_seconds"));
    }
    return json_real(seconds);
}

static json_t *count_attempts(const json_t *attempts)
{
    json_int_t count = 0;
    const char *stage;
    json_t *list;
    json_object_foreach((json_t *)attempts, stage, list) count += (json_int_t)json_array_size(list);
    return json_integer(count);
}

/* One entry a row: what a person needs to act on it. */
static json_t *error_rows(const json_t *errors, json_int_t *occurrences)
{
    static const char *const fields[] = {"stage", "category", "message", "suggested_fix", "occurrence_count"};
    json_t *rows = json_array(), *error;
    const char *key;
    *occurrences = 0;
    json_object_foreach((json_t *)errors, key, error)
    {
        json_t *row = json_object();
        entry_set(row, "key", json_string(key));
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            entry_set(row, fields[i], copy_or(error, fields[i], json_null()));
        *occurrences += json_integer_value(json_object_get(error, "occurrence_count"));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *categories_of(const json_t *errors)
{
    json_t *counts = json_object(), *error;
    const char *key;
    json_object_foreach((json_t *)errors, key, error)
    {
        const char *category = json_string_value(json_object_get(error, "category"));
        json_int_t more = json_integer_value(json_object_get(error, "occurrence_count"));
        if (category)
            json_object_set_new(counts, category,
                                json_integer(more + json_integer_value(json_object_get(counts, category))));
    }
    return counts;
}

/* Amounts are added as integers of 10^-12 USD, so that the sum does not depend on the order. */
static long long picodollars(const json_t *value) { return llround(json_number_value(value) * 1e12); }

static void add_costs(json_t *row, const json_t *summary, const json_t *calls)
{
    long long cost = 0;
    json_int_t unknown = 0;
    size_t i;
    json_t *call;
    json_array_foreach(calls, i, call)
    {
        const json_t *one = json_object_get(call, "estimated_cost_usd");
        cost += picodollars(one);
        unknown += !json_is_number(one);
    }
    entry_set(row, "total_claude_calls",
              copy_or(summary, "total_claude_calls", json_integer((json_int_t)json_array_size(calls))));
    entry_set(row, "estimated_total_cost",
              copy_or(summary, "estimated_total_cost", json_real((double)cost / 1e12)));
    entry_set(row, "calls_without_cost", copy_or(summary, "calls_without_cost", json_integer(unknown)));
}

static json_t *video_row(const json_t *log)
{
    const json_t *summary = json_object_get(log, "summary"), *stages = json_object_get(log, "stages"),
                 *errors = json_object_get(log, "errors");
    struct video_status status = log_view_status(log);
    json_int_t occurrences;
    json_t *row = json_object(), *list = error_rows(errors, &occurrences);
    entry_set(row, "video_id", copy_or(log, "video_id", json_string("?")));
    entry_set(row, "status", json_string(video_status_word(&status)));
    entry_set(row, "total_stages",
              copy_or(summary, "total_stages", json_integer((json_int_t)json_object_size(stages))));
    entry_set(row, "successful_stages", copy_or(summary, "successful_stages", successful_stages(stages)));
    entry_set(row, "total_attempts", count_attempts(json_object_get(log, "retry_attempts")));
    entry_set(row, "total_errors",
              copy_or(summary, "total_errors", json_integer((json_int_t)json_object_size(errors))));
    entry_set(row, "error_occurrences", copy_or(summary, "error_occurrences", json_integer(occurrences)));
    add_costs(row, summary, json_object_get(log, "claude_api_usage"));
    entry_set(row, "processing_duration", copy_or(summary, "processing_duration", durations(stages)));
    entry_set(row, "error_categories", copy_or(summary, "error_categories", categories_of(errors)));
    entry_set(row, "retry_summary", copy_or(summary, "retry_summary", json_object()));
    entry_set(row, "errors", list);
    return row;
}

static json_t *sum_categories(const json_t *rows)
{
    json_t *sums = json_object(), *row, *count;
    const char *category;
    size_t i;
    json_array_foreach(rows, i, row)
        json_object_foreach(json_object_get(row, "error_categories"), category, count) json_object_set_new(
            sums, category,
            json_integer(json_integer_value(count) + json_integer_value(json_object_get(sums, category))));
    return sums;
}

static json_t *count_statuses(const json_t *rows)
{
    json_t *counts = json_object(), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        const char *status = json_string_value(json_object_get(row, "status"));
        json_object_set_new(counts, status,
                            json_integer(1 + json_integer_value(json_object_get(counts, status))));
    }
    return counts;
}

static json_t *totals_of(const json_t *rows)
{
    static const char *const counts[] = {"total_stages",      "successful_stages", "total_attempts",
                                         "total_errors",      "error_occurrences", "total_claude_calls",
                                         "calls_without_cost"};
    json_t *totals = json_object(), *row;
    size_t i;
    long long cost = 0;
    double seconds = 0;
    entry_set(totals, "videos", json_integer((json_int_t)json_array_size(rows)));
    entry_set(totals, "statuses", count_statuses(rows));
    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
        json_int_t sum = 0;
        json_array_foreach(rows, i, row) sum += json_integer_value(json_object_get(row, counts[n]));
        entry_set(totals, counts[n], json_integer(sum));
    }
    json_array_foreach(rows, i, row)
    {
        cost += picodollars(json_object_get(row, "estimated_total_cost"));
        seconds += json_number_value(json_object_get(row, "processing_duration"));
    }
    entry_set(totals, "estimated_total_cost", json_real((double)cost / 1e12));
    entry_set(totals, "processing_duration", json_real(round(seconds * 1e6) / 1e6));
    entry_set(totals, "error_categories", sum_categories(rows));
    return totals;
}

/* ---- errors of several logs: the same one once, with all that met it ---- */

static json_t *text_or_null(const json_t *object, const char *key)
{
    const char *text = log_view_text(object, key);
    return *text ? json_string(text) : json_null();
}

static json_t *fresh(const json_t *error, const json_t *variant)
{
    json_t *group = json_object();
    entry_set(group, "category", text_or_null(error, "category"));
    entry_set(group, "message", text_or_null(variant, "message"));
    entry_set(group, "suggested_fix", text_or_null(variant, "suggested_fix"));
    entry_set(group, "occurrence_count", json_integer(0));
    entry_set(group, "stages", json_array());
    entry_set(group, "videos", json_array());
    return group;
}

/* Once; not what is null. There are few stages. */
static void add_stage(json_t *stages, json_t *name)
{
    json_t *known;
    size_t i;
    json_array_foreach(stages, i, known) if (json_equal(known, name)) return;
    if (json_is_string(name))
        json_array_append(stages, name);
}

/* Logs come one by one: only the last one may be the same. */
static void add_video(json_t *videos, json_t *name)
{
    size_t count = json_array_size(videos);
    if (!count || !json_equal(json_array_get(videos, count - 1), name))
        json_array_append(videos, name);
}

struct gathering {
    struct log_view_visitor visitor; /* first: it is all that add_error is given */
    json_t *groups;
};

static void add_error(struct log_view_visitor *visitor, const json_t *log, const char *entry,
                      const json_t *error, const json_t *variant)
{
    json_t *groups = ((struct gathering *)visitor)->groups;
    json_t *key = json_pack("[s,s]", log_view_text(error, "category"), log_view_error_identity(variant));
    char *name = json_dumps(key, JSON_COMPACT);
    json_t *group = json_object_get(groups, name);
    (void)entry;
    if (!group) {
        group = fresh(error, variant);
        json_object_set_new(groups, name, group);
    }
    entry_set(group, "occurrence_count",
              json_integer(log_view_whole(group, "occurrence_count") + log_view_occurrences(variant)));
    add_stage(json_object_get(group, "stages"), json_object_get(error, "stage"));
    add_video(json_object_get(group, "videos"), json_object_get(log, "video_id"));
    free(name);
    json_decref(key);
}

struct ranked {
    json_t *group;
    size_t at;
};

/* The most frequent first, else as they came. */
static int by_frequency(const void *a, const void *b)
{
    const struct ranked *one = a, *other = b;
    json_int_t left = log_view_whole(one->group, "occurrence_count"),
               right = log_view_whole(other->group, "occurrence_count");
    if (left != right)
        return left > right ? -1 : 1;
    return (one->at > other->at) - (one->at < other->at);
}

static json_t *sorted(json_t *groups)
{
    size_t count = json_object_size(groups), filled = 0;
    struct ranked *list_of = calloc(count + 1, sizeof *list_of);
    const char *name;
    json_t *group, *list = json_array();
    json_object_foreach(groups, name, group)
    {
        list_of[filled] = (struct ranked){group, filled};
        filled++;
    }
    qsort(list_of, count, sizeof *list_of, by_frequency);
    for (size_t i = 0; i < count; i++)
        json_array_append(list, list_of[i].group);
    free(list_of);
    return list;
}

static json_t *all_errors(const json_t *documents)
{
    struct gathering gathering = {.visitor.see = add_error, .groups = json_object()};
    json_t *log;
    size_t i;
    json_array_foreach(documents, i, log) log_view_errors(log, &gathering.visitor);
    json_t *list = sorted(gathering.groups);
    json_decref(gathering.groups);
    return list;
}

json_t *overview_json(const json_t *documents)
{
    json_t *overview = json_object(), *rows = json_array(), *log;
    size_t i;
    json_array_foreach(documents, i, log) json_array_append_new(rows, video_row(log));
    entry_set(overview, "videos", rows);
    entry_set(overview, "totals", totals_of(rows));
    entry_set(overview, "errors", all_errors(documents));
    return overview;
}
