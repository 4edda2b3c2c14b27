/* The questions: which errors come back and what helped, what was in vain, slow or said twice, and what was
 * seen early in videos that failed. Everything rests on what the logs say, not on a recording. */
#include "emit/screen/insights.h"

#include "emit/entry.h"
#include "emit/log_view.h"
#include "emit/screen/ledger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which errors come back, and what was done about them with what success ---- */

static int by_spread(const json_t *a, const json_t *b)
{
    size_t left = json_array_size(json_object_get(a, "videos")),
           right = json_array_size(json_object_get(b, "videos"));
    return left != right ? (left < right) - (left > right) : by_number(a, b, "occurrences");
}

struct gathering {
    struct log_view_visitor visitor; /* first: it is all that add_error is given */
    struct ledger ledger;
};

static void add_error(struct log_view_visitor *visitor, const json_t *log, const char *key,
                      const json_t *error, const json_t *variant)
{
    bool fresh;
    const char *parts[] = {log_view_text(error, "category"), log_view_error_identity(variant), NULL};
    json_t *row = ledger_row(&((struct gathering *)visitor)->ledger, &fresh, parts);
    if (fresh) {
        entry_set(row, "category", json_string(log_view_text(error, "category")));
        entry_set(row, "message", json_string(log_view_text(variant, "message")));
        const char *fix = log_view_text(variant, "suggested_fix");
        entry_set(row, "suggested_fix", *fix ? json_string(fix) : json_null());
    }
    add_count(row, "occurrences", log_view_occurrences(variant));
    add_name(row, "videos", log_view_text(log, "video_id"));
    add_evidence(row, log, "errors.%s", key);
}

/* Met more than once, in one video or in several. */
static json_t *find_errors(const json_t *documents)
{
    struct gathering gathering = {.visitor.see = add_error, .ledger = ledger_new()};
    size_t i;
    json_t *log, *error;
    json_array_foreach(documents, i, log) log_view_errors(log, &gathering.visitor);
    json_t *sorted = ledger_sorted(&gathering.ledger, by_spread), *recurring = json_array();
    json_array_foreach(sorted, i, error) if (number_at(error, "occurrences") > 1)
        json_array_append(recurring, error);
    json_decref(sorted);
    return recurring;
}

static int by_attempts(const json_t *a, const json_t *b)
{
    int order = by_number(a, b, "tried");
    return order ? order : by_number(a, b, "worked");
}

/* The attempt before this one at the same scene. */
static const json_t *attempt_before(const json_t *attempts, const json_t *attempt)
{
    size_t i;
    json_t *other;
    json_array_foreach(
        attempts, i, other) if (strcmp(log_view_text(other, "scene"), log_view_text(attempt, "scene")) == 0 &&
                                number_at(other, "attempt_number") + 1 ==
                                    number_at(attempt, "attempt_number")) return other;
    return NULL;
}

static void add_fix(struct ledger *ledger, const json_t *log, const char *stage, const json_t *attempts,
                    size_t at)
{
    const json_t *attempt = json_array_get(attempts, at), *before = attempt_before(attempts, attempt);
    if (!before || strcmp(log_view_text(before, "status"), "success") == 0 ||
        !*log_view_text(before, "error_message"))
        return;
    const char *parts[] = {log_view_text(before, "error_category"), log_view_text(before, "error_message"),
                           log_view_text(attempt, "method"), NULL};
    bool fresh, worked = strcmp(log_view_text(attempt, "status"), "success") == 0;
    json_t *row = ledger_row(ledger, &fresh, parts);
    if (fresh) {
        entry_set(row, "method", json_string(parts[2]));
        entry_set(row, "category", json_string(parts[0]));
        entry_set(row, "message", json_string(parts[1]));
    }
    add_count(row, "tried", 1);
    add_count(row, "worked", worked);
    add_number(row, "seconds", number_at(attempt, "duration_seconds"));
    add_number(row, "cost_usd", number_at(json_object_get(attempt, "claude_usage"), "estimated_cost_usd"));
    add_name(row, "videos", log_view_text(log, "video_id"));
    add_evidence(row, log, "retry_attempts.%s[%zu]", stage, at);
}

/* What followed a failure at the same scene: the method, against the error that it met. */
static json_t *find_fixes(const json_t *documents)
{
    struct ledger ledger = ledger_new();
    size_t i;
    json_t *log, *attempts;
    const char *stage;
    json_array_foreach(documents, i, log)
        json_object_foreach(json_object_get(log, "retry_attempts"), stage,
                            attempts) for (size_t at = 0; at < json_array_size(attempts); at++)
            add_fix(&ledger, log, stage, attempts, at);
    return ledger_sorted(&ledger, by_attempts);
}

/* ---- what was in vain, what took long, what had to be said twice ---- */

static int by_seconds(const json_t *a, const json_t *b) { return by_number(a, b, "seconds"); }

/* How the last attempt at a scene went. */
static bool scene_succeeded(const json_t *attempts, const char *scene)
{
    size_t i;
    json_t *attempt;
    bool good = false;
    double last = -1;
    json_array_foreach(attempts, i, attempt)
    {
        if (strcmp(log_view_text(attempt, "scene"), scene) != 0 ||
            number_at(attempt, "attempt_number") < last)
            continue;
        last = number_at(attempt, "attempt_number");
        good = strcmp(log_view_text(attempt, "status"), "success") == 0;
    }
    return good;
}

/* Calls of an attempt; where the log sums them up, that sum. */
static void add_spent(json_t *row, const json_t *attempt)
{
    const json_t *usage = json_object_get(attempt, "claude_usage");
    add_count(row, "attempts", 1);
    add_number(row, "seconds", number_at(attempt, "duration_seconds"));
    add_number(row, "cost_usd", number_at(usage, "estimated_cost_usd"));
    add_count(row, "calls", json_integer_value(json_object_get(usage, "calls")));
    add_count(row, "calls_without_cost", json_integer_value(json_object_get(usage, "calls_without_cost")));
}

static void add_vain(struct ledger *ledger, const json_t *log, const char *stage, const json_t *attempts,
                     json_t *all)
{
    size_t i;
    json_t *attempt;
    bool fresh;
    json_array_foreach(attempts, i, attempt)
    {
        const char *scene = log_view_text(attempt, "scene");
        add_spent(all, attempt);
        if (scene_succeeded(attempts, scene))
            continue;
        json_t *row =
            ledger_row(ledger, &fresh, (const char *[]){log_view_text(log, "video_id"), stage, scene, NULL});
        if (fresh) {
            entry_set(row, "video", json_string(log_view_text(log, "video_id")));
            entry_set(row, "stage", json_string(stage));
            entry_set(row, "scene", *scene ? json_string(scene) : json_null());
        }
        add_spent(row, attempt);
        entry_set(row, "last_error", json_deep_copy(json_object_get(attempt, "error_message")));
        add_evidence(row, log, "retry_attempts.%s[%zu]", stage, i);
    }
}

static json_t *share(double part, double whole)
{
    return whole > 0 ? json_real(round(part / whole * 1e4) / 1e4) : json_null();
}

static json_t *vain_totals(const json_t *rows, const json_t *all)
{
    static const char *const sums[] = {"seconds", "cost_usd"}, *const shares[] = {"share_of_seconds",
                                                                                  "share_of_cost"};
    json_t *totals = json_object(), *row;
    size_t i;
    for (size_t n = 0; n < 2; n++) {
        add_number(totals, sums[n], 0);
        json_array_foreach(rows, i, row) add_number(totals, sums[n], number_at(row, sums[n]));
        entry_set(totals, shares[n], share(number_at(totals, sums[n]), number_at(all, sums[n])));
    }
    return totals;
}

/* Scenes whose last attempt failed, with all that was spent on them. */
static json_t *find_in_vain(const json_t *documents)
{
    struct ledger ledger = ledger_new();
    json_t *result = json_object(), *all = json_object(), *log, *attempts;
    size_t i;
    const char *stage;
    json_array_foreach(documents, i, log)
        json_object_foreach(json_object_get(log, "retry_attempts"), stage, attempts)
            add_vain(&ledger, log, stage, attempts, all);
    json_t *rows = ledger_sorted(&ledger, by_seconds);
    entry_set(result, "totals", vain_totals(rows, all));
    entry_set(result, "scenes", rows);
    json_decref(all);
    return result;
}

static void add_operation(struct ledger *ledger, const json_t *log, const json_t *operation, size_t at)
{
    bool fresh;
    const char *stage = log_view_text(operation, "stage"), *name = log_view_text(operation, "name");
    json_t *row = ledger_row(ledger, &fresh, (const char *[]){stage, name, NULL});
    double most = number_at(operation, "max_seconds");
    if (fresh) {
        entry_set(row, "name", json_string(name));
        entry_set(row, "stage", *stage ? json_string(stage) : json_null());
    }
    add_count(row, "count", json_integer_value(json_object_get(operation, "count")));
    add_number(row, "seconds", number_at(operation, "total_seconds"));
    if (fresh || most > number_at(row, "max_seconds")) {
        entry_set(row, "max_seconds", json_real(most));
        entry_set(row, "slowest_video", json_string(log_view_text(log, "video_id")));
    }
    add_name(row, "videos", log_view_text(log, "video_id"));
    add_evidence(row, log, "performance.operations[%zu]", at);
}

static json_t *find_operations(const json_t *documents)
{
    struct ledger ledger = ledger_new();
    size_t i, n;
    json_t *log, *operation;
    json_array_foreach(documents, i, log)
        json_array_foreach(json_object_get(json_object_get(log, "performance"), "operations"), n, operation)
            add_operation(&ledger, log, operation, n);
    json_t *rows = ledger_sorted(&ledger, by_seconds), *row;
    json_array_foreach(rows, i, row)
    {
        double count = number_at(row, "count");
        entry_set(row, "mean_seconds",
                  json_real(count > 0 ? round(number_at(row, "seconds") / count * 1e6) / 1e6 : 0));
    }
    return rows;
}

static const json_t *call_of(const json_t *calls, const char *id)
{
    size_t i;
    json_t *call;
    json_array_foreach(calls, i, call) if (strcmp(log_view_text(call, "call_id"), id) == 0) return call;
    return NULL;
}

static int by_count(const json_t *a, const json_t *b) { return by_number(a, b, "repetitions"); }

static void add_repetition(struct ledger *ledger, const json_t *log, const json_t *calls, size_t at)
{
    const json_t *call = json_array_get(calls, at), *first = call_of(calls, log_view_text(call, "retry_of"));
    const char *why = log_view_text(first, "error_type"), *model = log_view_text(first, "model_used");
    bool fresh;
    if (!*log_view_text(call, "retry_of"))
        return;
    why = *why                                     ? why
          : *log_view_text(first, "error_message") ? log_view_text(first, "error_message")
                                                   : "not known";
    model = *model ? model : log_view_text(first, "model_requested");
    json_t *row = ledger_row(ledger, &fresh, (const char *[]){why, model, NULL});
    if (fresh) {
        entry_set(row, "why", json_string(why));
        entry_set(row, "model", *model ? json_string(model) : json_null());
    }
    add_count(row, "repetitions", 1);
    add_count(row, "worked", json_is_true(json_object_get(call, "success")));
    add_number(row, "wait_seconds", number_at(call, "wait_seconds"));
    add_number(row, "cost_usd", number_at(first, "estimated_cost_usd"));
    add_name(row, "videos", log_view_text(log, "video_id"));
    add_evidence(row, log, "claude_api_usage[%zu]", at);
}

/* Calls that repeat one which failed: why, and whether it helped. cost_usd is that of the calls in vain. */
static json_t *find_calls(const json_t *documents)
{
    struct ledger ledger = ledger_new();
    size_t i;
    json_t *log;
    json_array_foreach(documents, i, log)
    {
        const json_t *calls = json_object_get(log, "claude_api_usage");
        for (size_t at = 0; at < json_array_size(calls); at++)
            add_repetition(&ledger, log, calls, at);
    }
    return ledger_sorted(&ledger, by_count);
}

/* ---- what was seen early in videos that failed in the end, and seldom in the others ---- */

static bool video_failed(const json_t *log)
{
    struct video_status status = log_view_status(log);
    return video_status_failed(&status);
}

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
static json_t *find_signs(const json_t *documents)
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

json_t *insights_json(const json_t *documents)
{
    json_t *all = json_object();
    entry_set(all, "videos", json_integer((json_int_t)json_array_size(documents)));
    entry_set(all, "recurring_errors", find_errors(documents));
    entry_set(all, "fixes", find_fixes(documents));
    entry_set(all, "in_vain", find_in_vain(documents));
    entry_set(all, "slowest_operations", find_operations(documents));
    entry_set(all, "repeated_calls", find_calls(documents));
    entry_set(all, "early_signs", find_signs(documents));
    return all;
}
