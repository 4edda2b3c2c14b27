/* What was seen early in videos that failed in the end, and seldom in the others. */
#include "emit/entry.h"
#include "emit/log_view.h"
#include "emit/screen/insights_parts.h"

#include <math.h>
#include <string.h>

static void add_sign(struct ledger *ledger, const json_t *log, const char *kind, const char *stage,
                     const char *what, const char *entry)
{
    bool fresh;
    const char *video = log_view_text(log, "video_id");
    json_t *row = ledger_row(ledger, &fresh, (const char *[]){kind, stage, what, NULL});
    if (fresh) {
        entry_set(row, "sign", json_string(kind));
        entry_set(row, "stage", *stage ? json_string(stage) : json_null());
        entry_set(row, "what", json_string(what));
    }
    size_t before = json_array_size(json_object_get(row, "videos"));
    add_name(row, "videos", video);
    add_evidence(row, log, "%s", entry);
    if (json_array_size(json_object_get(row, "videos")) > before)
        add_count(row, "failed", video_failed(log));
}

/* Where it failed for good: what happens there is no early sign of it. */
static bool stage_failed(const json_t *log, const char *stage)
{
    return log_view_stage_failed(json_object_get(json_object_get(log, "stages"), stage));
}

static void signs_of_errors(struct ledger *ledger, const json_t *log)
{
    const char *key;
    json_t *error;
    char entry[300];
    json_object_foreach(json_object_get(log, "errors"), key, error)
    {
        const char *stage = log_view_text(error, "stage");
        snprintf(entry, sizeof entry, "errors.%s", key);
        if (!stage_failed(log, stage))
            add_sign(ledger, log, "error in another stage", stage, log_view_text(error, "category"), entry);
    }
}

static void signs_of_attempts(struct ledger *ledger, const json_t *log)
{
    const char *stage;
    json_t *attempts, *attempt;
    size_t i;
    char entry[300];
    json_object_foreach(json_object_get(log, "retry_attempts"), stage, attempts)
        json_array_foreach(attempts, i, attempt)
    {
        if (number_at(attempt, "attempt_number") != 1 ||
            strcmp(log_view_text(attempt, "status"), "success") == 0)
            continue;
        snprintf(entry, sizeof entry, "retry_attempts.%s[%zu]", stage, i);
        add_sign(ledger, log, "first attempt failed", stage, log_view_text(attempt, "method"), entry);
    }
}

static void signs_of_checks(struct ledger *ledger, const json_t *log)
{
    json_t *check, *call;
    size_t i;
    char entry[300];
    json_array_foreach(json_object_get(log, "validation_history"), i, check)
    {
        snprintf(entry, sizeof entry, "validation_history[%zu]", i);
        if (json_is_false(json_object_get(check, "success")))
            add_sign(ledger, log, "validation failed", "", log_view_text(check, "type"), entry);
    }
    json_array_foreach(json_object_get(log, "claude_api_usage"), i, call)
    {
        snprintf(entry, sizeof entry, "claude_api_usage[%zu]", i);
        if (json_is_true(json_object_get(call, "rate_limited")))
            add_sign(ledger, log, "call refused for its rate", log_view_text(call, "stage"), "rate limit",
                     entry);
    }
}

static int by_difference(const json_t *a, const json_t *b)
{
    int order = by_number(a, b, "difference");
    return order ? order : by_number(a, b, "failed");
}

static json_t *rate(json_int_t part, json_int_t whole)
{
    return whole ? json_real(round((double)part / (double)whole * 1e4) / 1e4) : json_null();
}

/* With the sign, and without it, how many videos failed. */
static bool weigh(json_t *row, json_int_t videos, json_int_t failures)
{
    json_int_t with = (json_int_t)json_array_size(json_object_get(row, "videos"));
    json_int_t failed = json_integer_value(json_object_get(row, "failed"));
    entry_set(row, "failure_rate", rate(failed, with));
    entry_set(row, "failure_rate_without", rate(failures - failed, videos - with));
    double difference = number_at(row, "failure_rate") - number_at(row, "failure_rate_without");
    entry_set(row, "difference", json_real(round(difference * 1e4) / 1e4));
    return with >= 2 && videos > with && difference > 0;
}

/* Seen in two videos at least, and more often followed by failure than its absence. */
json_t *insights_signs(const json_t *documents)
{
    struct ledger ledger = ledger_new();
    size_t i;
    json_t *log, *row, *kept = json_array();
    json_int_t failures = 0;
    json_array_foreach(documents, i, log)
    {
        failures += video_failed(log);
        signs_of_errors(&ledger, log);
        signs_of_attempts(&ledger, log);
        signs_of_checks(&ledger, log);
    }
    json_array_foreach(ledger.rows, i, row)
        entry_set(row, "counts",
                  weigh(row, (json_int_t)json_array_size(documents), failures) ? json_true() : json_false());
    json_t *sorted = ledger_sorted(&ledger, by_difference);
    json_array_foreach(sorted, i, row)
    {
        bool counts = json_is_true(json_object_get(row, "counts"));
        json_object_del(row, "counts");
        if (counts)
            json_array_append(kept, row);
    }
    json_decref(sorted);
    return kept;
}
