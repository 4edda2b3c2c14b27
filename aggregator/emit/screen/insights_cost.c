/* What was in vain, what took long, what had to be said twice. */
#include "emit/entry.h"
#include "emit/log_view.h"
#include "emit/screen/insights_parts.h"

#include <math.h>
#include <string.h>

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
json_t *insights_in_vain(const json_t *documents)
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

json_t *insights_operations(const json_t *documents)
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
json_t *insights_calls(const json_t *documents)
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
