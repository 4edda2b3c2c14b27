/* Which errors come back, and what was done about them with what success. */
#include "emit/entry.h"
#include "emit/screen/insights_parts.h"

#include <string.h>

static int by_spread(const json_t *a, const json_t *b)
{
    size_t left = json_array_size(json_object_get(a, "videos")),
           right = json_array_size(json_object_get(b, "videos"));
    return left != right ? (left < right) - (left > right) : by_number(a, b, "occurrences");
}

static void add_error(struct ledger *ledger, const json_t *log, const char *key, const json_t *error,
                      const json_t *variant)
{
    bool fresh;
    const char *fingerprint = text_at(variant, "fingerprint");
    const char *parts[] = {text_at(error, "category"),
                           *fingerprint ? fingerprint : text_at(variant, "message"), NULL};
    json_t *row = ledger_row(ledger, &fresh, parts);
    if (fresh) {
        entry_set(row, "category", json_string(text_at(error, "category")));
        entry_set(row, "message", json_string(text_at(variant, "message")));
        const char *fix = text_at(variant, "suggested_fix");
        entry_set(row, "suggested_fix", *fix ? json_string(fix) : json_null());
    }
    json_int_t count = json_integer_value(json_object_get(variant, "occurrence_count"));
    add_count(row, "occurrences", count > 0 ? count : 1);
    add_name(row, "videos", text_at(log, "video_id"));
    add_evidence(row, log, "errors.%s", key);
}

/* Met more than once, in one video or in several. */
json_t *insights_errors(const json_t *documents)
{
    struct ledger ledger = ledger_new();
    size_t i, n;
    json_t *log, *error, *variant;
    const char *key;
    json_array_foreach(documents, i, log) json_object_foreach(json_object_get(log, "errors"), key, error)
    {
        const json_t *variants = json_object_get(error, "variants");
        if (json_array_size(variants))
            json_array_foreach(variants, n, variant) add_error(&ledger, log, key, error, variant);
        else /* a log of the legacy logger */
            add_error(&ledger, log, key, error, error);
    }
    json_t *sorted = ledger_sorted(&ledger, by_spread), *recurring = json_array();
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
    json_array_foreach(attempts, i,
                       other) if (strcmp(text_at(other, "scene"), text_at(attempt, "scene")) == 0 &&
                                  number_at(other, "attempt_number") + 1 ==
                                      number_at(attempt, "attempt_number")) return other;
    return NULL;
}

static void add_fix(struct ledger *ledger, const json_t *log, const char *stage, const json_t *attempts,
                    size_t at)
{
    const json_t *attempt = json_array_get(attempts, at), *before = attempt_before(attempts, attempt);
    if (!before || strcmp(text_at(before, "status"), "success") == 0 || !*text_at(before, "error_message"))
        return;
    const char *parts[] = {text_at(before, "error_category"), text_at(before, "error_message"),
                           text_at(attempt, "method"), NULL};
    bool fresh, worked = strcmp(text_at(attempt, "status"), "success") == 0;
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
    add_name(row, "videos", text_at(log, "video_id"));
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
