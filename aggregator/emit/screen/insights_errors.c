/* Which errors come back, and what was done about them with what success. */
#include "emit/entry.h"
#include "emit/log_view.h"
#include "emit/screen/insights_parts.h"

#include <string.h>

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
json_t *insights_errors(const json_t *documents)
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
json_t *insights_fixes(const json_t *documents)
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
