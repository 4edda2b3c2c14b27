/* Sums over calls, in the forms of logs.json. */
#include "emit/cost_sums.h"

#include "emit/entry.h"
#include "emit/json.h"

struct bill bill_of_story(const struct log *log)
{
    struct bill bill = {0};
    VEC_EACH (const struct call, call, &log->story->calls)
        bill_add(&bill, call);
    return bill;
}

struct bill bill_of_try(const struct log *log, const struct try *one)
{
    struct bill bill = {0};
    VEC_EACH (const struct call, call, &log->story->calls)
        if (call->attempt == one->key)
            bill_add(&bill, call);
    return bill;
}

json_t *bill_json(struct bill bill)
{
    json_t *object = json_object();
    entry_set(object, "calls", json_integer((json_int_t)bill.calls));
    entry_set(object, "calls_without_cost", json_integer((json_int_t)bill.without_cost));
    entry_set(object, "prompt_tokens", json_count(bill.tokens.input));
    entry_set(object, "completion_tokens", json_count(bill.tokens.output));
    entry_set(object, "cache_creation_tokens",
              json_count(bill.tokens.cache_write_5m + bill.tokens.cache_write_1h));
    entry_set(object, "cache_read_tokens", json_count(bill.tokens.cache_read));
    entry_set(object, "total_tokens", json_count(tokens_total(&bill.tokens)));
    entry_set(object, "estimated_cost_usd", json_dollars(bill.cost));
    return object;
}

/* One bill a name, sorted by name. */
struct named_bill {
    struct str name;
    struct bill bill;
};

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct named_bill *)a)->name, ((const struct named_bill *)b)->name);
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
        struct named_bill key = {.name = name_of(call)};
        size_t at = vec_lower(&rows, sizeof key, &key, by_name);
        if (at == rows.count || !str_equal(VEC_AT(&rows, struct named_bill, at)->name, key.name))
            *(struct named_bill *)vec_insert(log->tree->arena, &rows, sizeof key, at) = key;
        bill_add(&VEC_AT(&rows, struct named_bill, at)->bill, call);
    }
    VEC_EACH (const struct named_bill, row, &rows)
        entry_set(object, str_c(log->tree->arena, row->name), bill_json(row->bill));
    return object;
}

void bills_add_tables(const struct log *log, json_t *summary)
{
    if (!log->story->calls.count)
        return;
    entry_set(summary, "claude_by_stage", table(log, name_of_stage));
    entry_set(summary, "claude_by_model", table(log, name_of_model));
}

void bills_add_origin(const struct log *log, json_t *origin)
{
    entry_set(origin, "price_table", json_text_or_null(log->prices_version));
    if (log->users_prices)
        entry_set(origin, "users_prices", json_true());
    if (log->ambiguous && log->ambiguous->calls)
        entry_set(origin, "claude_usage_ambiguous", bill_json(*log->ambiguous));
    if (log->no_video && log->no_video->calls)
        entry_set(origin, "claude_usage_of_no_video", bill_json(*log->no_video));
    if (!log->warnings.count)
        return;
    json_t *list = json_array();
    VEC_EACH (const struct str, warning, &log->warnings)
        json_array_append_new(list, json_text(*warning));
    entry_set(origin, "warnings", list);
}

static json_t *jam_row(const struct log *log, const struct jam *jam)
{
    json_t *object = json_object(), *ids = json_array();
    VEC_EACH (const uint64_t, key, &jam->calls)
        json_array_append_new(ids, json_hex(*key));
    entry_set(object, "start_time", json_time(log, jam->start_ns));
    entry_set(object, "end_time", json_time(log, jam->end_ns));
    entry_set(object, "limit", json_text_or_null(jam->limit));
    entry_set(object, "http_status", json_count(jam->status));
    entry_set(object, "refused_calls", json_integer((json_int_t)jam->refused));
    entry_set(object, "seconds_lost", json_seconds(jam->lost_ns));
    entry_set(object, "recovered", json_boolean(jam->recovered));
    entry_set(object, "retryable", json_boolean(jam->retryable));
    entry_set(object, "stage", json_text_or_null(jam->stage));
    entry_set(object, "pid", json_integer(jam->pid));
    entry_set(object, "claude_call_ids", ids);
    return object;
}

json_t *bills_throttling(const struct log *log)
{
    json_t *list = json_array();
    VEC_EACH (const struct jam, jam, &log->story->jams)
        json_array_append_new(list, jam_row(log, jam));
    return list;
}
