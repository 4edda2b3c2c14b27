/* Sums over calls, in the forms of logs.json. */
#include "emit/cost_sums.h"

#include "emit/entry.h"
#include "emit/json.h"

struct cost_sum cost_sum_of_story(const struct log *log)
{
    struct cost_sum cost_sum = {0};
    VEC_EACH (const struct call, call, &log->story->calls)
        cost_sum_add(&cost_sum, call);
    return cost_sum;
}

struct cost_sum cost_sum_of_attempt(const struct log *log, const struct attempt *attempt)
{
    struct cost_sum cost_sum = {0};
    VEC_EACH (const struct call, call, &log->story->calls)
        if (call->attempt == attempt->key)
            cost_sum_add(&cost_sum, call);
    return cost_sum;
}

json_t *cost_sum_json(struct cost_sum cost_sum)
{
    json_t *object = json_object();
    entry_set(object, "calls", json_integer((json_int_t)cost_sum.calls));
    entry_set(object, "calls_without_cost", json_integer((json_int_t)cost_sum.without_cost));
    entry_set(object, "prompt_tokens", json_count(cost_sum.tokens.input));
    entry_set(object, "completion_tokens", json_count(cost_sum.tokens.output));
    entry_set(object, "cache_creation_tokens",
              json_count(cost_sum.tokens.cache_write_5m + cost_sum.tokens.cache_write_1h));
    entry_set(object, "cache_read_tokens", json_count(cost_sum.tokens.cache_read));
    entry_set(object, "total_tokens", json_count(tokens_total(&cost_sum.tokens)));
    entry_set(object, "estimated_cost_usd", json_dollars(cost_sum.cost));
    return object;
}

/* One cost sum a name, sorted by name. */
struct named_cost_sum {
    struct str name;
    struct cost_sum cost_sum;
};

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct named_cost_sum *)a)->name, ((const struct named_cost_sum *)b)->name);
}

static struct str name_of_stage(const struct call *call)
{
    return call->stage.len ? call->stage : STR("none");
}

static struct str name_of_model(const struct call *call)
{
    return call->model_used.len ? call->model_used : call->model.len ? call->model : STR("unknown");
}

static json_t *table(const struct log *log, struct str (*name_of)(const struct call *))
{
    json_t *object = json_object();
    struct vec rows = {0};
    VEC_EACH (const struct call, call, &log->story->calls) {
        struct named_cost_sum key = {.name = name_of(call)};
        size_t at = vec_lower(&rows, sizeof key, &key, by_name);
        if (at == rows.count || !str_equal(VEC_AT(&rows, struct named_cost_sum, at)->name, key.name))
            *(struct named_cost_sum *)vec_insert(log->tree->arena, &rows, sizeof key, at) = key;
        cost_sum_add(&VEC_AT(&rows, struct named_cost_sum, at)->cost_sum, call);
    }
    VEC_EACH (const struct named_cost_sum, row, &rows)
        entry_set(object, str_c(log->tree->arena, row->name), cost_sum_json(row->cost_sum));
    return object;
}

void cost_sums_add_tables(const struct log *log, json_t *summary)
{
    if (!log->story->calls.count)
        return;
    entry_set(summary, "claude_by_stage", table(log, name_of_stage));
    entry_set(summary, "claude_by_model", table(log, name_of_model));
}

void cost_sums_add_origin(const struct log *log, json_t *origin)
{
    entry_set(origin, "price_table", json_text_or_null(log->prices_version));
    if (log->users_prices)
        entry_set(origin, "users_prices", json_true());
    if (log->ambiguous && log->ambiguous->calls)
        entry_set(origin, "claude_usage_ambiguous", cost_sum_json(*log->ambiguous));
    if (log->no_video && log->no_video->calls)
        entry_set(origin, "claude_usage_of_no_video", cost_sum_json(*log->no_video));
    if (!log->warnings.count)
        return;
    json_t *list = json_array();
    VEC_EACH (const struct str, warning, &log->warnings)
        json_array_append_new(list, json_text(*warning));
    entry_set(origin, "warnings", list);
}

static json_t *rate_limit_period_row(const struct log *log, const struct rate_limit_period *period)
{
    json_t *object = json_object(), *ids = json_array();
    VEC_EACH (const uint64_t, key, &period->calls)
        json_array_append_new(ids, json_hex(*key));
    entry_set(object, "start_time", json_time(log, period->start_ns));
    entry_set(object, "end_time", json_time(log, period->end_ns));
    entry_set(object, "limit", json_text_or_null(period->limit));
    entry_set(object, "http_status", json_count(period->status));
    entry_set(object, "refused_calls", json_integer((json_int_t)period->refused));
    entry_set(object, "seconds_lost", json_seconds(period->lost_ns));
    entry_set(object, "recovered", json_boolean(period->recovered));
    entry_set(object, "retryable", json_boolean(period->retryable));
    entry_set(object, "stage", json_text_or_null(period->stage));
    entry_set(object, "pid", json_integer(period->pid));
    entry_set(object, "claude_call_ids", ids);
    return object;
}

json_t *cost_sums_rate_limits(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct rate_limit_period, period, &log->story->rate_limit_periods)
        json_array_append_new(list, rate_limit_period_row(log, period));
    return list;
}
