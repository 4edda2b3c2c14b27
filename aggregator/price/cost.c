/* Finds the row and adds up. */
#include "price/cost.h"

#include "price/prices.h"

#define DAY_NS 86400000000000

/* "claude-x-20260101" and "claude-x@20260101" are the claude-x of a date. */
static struct str without_date(struct str model)
{
    size_t digits = 0;
    while (digits < model.len && model.ptr[model.len - 1 - digits] >= '0' &&
           model.ptr[model.len - 1 - digits] <= '9')
        digits++;
    if (digits != 8 || model.len < 10)
        return model;
    char before = model.ptr[model.len - 9];
    return before == '-' || before == '@' ? str_slice(model, 0, model.len - 9) : model;
}

/* Bedrock's and Vertex's prices are not Anthropic's: only a user's table can tell them. */
static bool is_resold(const struct call *call)
{
    bool bedrock =
        str_starts(call->endpoint, STR("/model/")) && str_find(call->endpoint, STR("/invoke")) >= 0;
    return bedrock || str_find(call->endpoint, STR(":rawPredict")) >= 0 ||
           str_find(call->endpoint, STR(":streamRawPredict")) >= 0;
}

struct wanted {
    struct str model;
    int64_t day, size;
    bool users_only;
};

static bool holds(const struct price *row, const struct wanted *w)
{
    return str_equal(row->model, w->model) && row->since_day <= w->day && w->size > row->over &&
           w->size <= row->up_to && (row->users || !w->users_only);
}

/* The user's rows before the built-in ones; of either the latest that has begun. */
static const struct price *find(const struct prices *prices, const struct wanted *w)
{
    const struct price *best = NULL;
    VEC_EACH (const struct price, row, &prices->rows)
        if (holds(row, w) && (!best || row->users > best->users ||
                              (row->users == best->users && row->since_day > best->since_day)))
            best = row;
    return best;
}

static int64_t known(int64_t number) { return number < 0 ? 0 : number; }

static int64_t prompt_size(const struct tokens *t)
{
    return t->input + known(t->cache_write_5m) + known(t->cache_write_1h) + known(t->cache_read);
}

/* Of all tokens; NO_COST when a column that was used has no price. */
static __int128 tokens_cost(const struct price *row, const struct tokens *t)
{
    const int64_t counts[PRICE_COLUMNS] = {t->input, t->output, known(t->cache_write_5m),
                                           known(t->cache_write_1h), known(t->cache_read)};
    __int128 sum = 0;
    for (int i = 0; i < PRICE_COLUMNS; i++) {
        if (counts[i] && row->each[i] == PRICE_NONE)
            return NO_COST;
        if (counts[i])
            sum += (__int128)counts[i] * row->each[i];
    }
    return sum;
}

static int64_t day_of(int64_t at_ns) { return at_ns / DAY_NS - (at_ns % DAY_NS < 0); }

static bool ends_with(struct str text, struct str end)
{
    return text.len >= end.len && str_equal(str_slice(text, text.len - end.len, end.len), end);
}

/* Lists, files, counted tokens; a batch is billed by its messages. What is not known may have been billed. */
static bool asks_for_nothing_billed(const struct call *call)
{
    const struct str free[] = {STR("/count_tokens"), STR("/count-tokens:rawPredict"),
                               STR("/messages/batches"), STR("/cancel")};
    if (!call->endpoint.len || call->success != 1 || call->usage != USAGE_NONE)
        return false;
    for (size_t i = 0; i < sizeof free / sizeof *free; i++)
        if (ends_with(call->endpoint, free[i]))
            return true;
    return call->endpoint.len < 5 || !str_equal(str_slice(call->endpoint, 0, 5), STR("POST "));
}

/* A refusal is not billed; a call whose answer never came may have been. */
static bool is_free(const struct call *call)
{
    if (asks_for_nothing_billed(call))
        return true;
    return call->success == 0 && call->usage == USAGE_NONE && call->http_status >= 400;
}

static enum cost_gap add_searches(const struct prices *prices, const struct wanted *of, int64_t searches,
                                  __int128 *sum)
{
    struct wanted w = {.model = STR(""), .day = of->day, .users_only = of->users_only};
    const struct price *row = searches > 0 ? find(prices, &w) : NULL;
    if (searches <= 0)
        return COST_KNOWN;
    if (!row || row->each[PRICE_INPUT] == PRICE_NONE)
        return COST_NO_PRICE;
    *sum += (__int128)searches * row->each[PRICE_INPUT];
    return COST_KNOWN;
}

enum cost_gap cost_of(const struct prices *prices, struct call *call)
{
    const struct tokens *t = &call->tokens;
    struct wanted w = {call->model_used, day_of(call->start_ns), prompt_size(t), is_resold(call)};
    call->cost = is_free(call) ? 0 : NO_COST;
    if (call->cost == 0)
        return COST_KNOWN;
    if (t->input < 0 || t->output < 0)
        return COST_NO_USAGE;
    const struct price *row = w.model.len ? find(prices, &w) : NULL;
    w.model = without_date(w.model);
    row = row || !w.model.len ? row : find(prices, &w);
    if (!row)
        return COST_NO_MODEL;
    __int128 sum = tokens_cost(row, t);
    if (sum == NO_COST)
        return COST_NO_PRICE;
    if (str_equal(call->service_tier, STR("batch")))
        sum = (sum + 1) / 2;
    enum cost_gap gap = add_searches(prices, &w, t->web_searches, &sum);
    if (gap == COST_KNOWN)
        call->cost = sum > INT64_MAX ? NO_COST : (int64_t)sum;
    return gap;
}

/* ---- all calls of a recording ---- */

static void warn(struct arena *arena, struct log *log, struct str text)
{
    VEC_EACH (const struct str, known, &log->warnings)
        if (str_equal(*known, text))
            return;
    *VEC_PUSH(arena, &log->warnings, struct str) = text;
}

/* Calls that happened unseen cost something, too. */
static void warn_of_unread(struct arena *arena, struct log *log, const struct video *video)
{
    VEC_EACH (const struct occurrence, occurrence, &log->tree->occurrences)
        if (occurrence->fact->kind == FACT_TLS_LEAVE && occurrence->video != NONE &&
            VEC_AT(&log->tree->videos, struct video, occurrence->video) == video)
            warn(arena, log,
                 str_format(arena,
                            "libssl inside " STR_FMT
                            " was left alone, its code could not be changed: Claude calls through it are "
                            "missing here",
                            STR_ARG(occurrence->fact->tls_leave.path)));
}

void price_calls_of_log(const struct prices *prices, struct log *log, struct story *story)
{
    struct arena *arena = log->tree->arena;
    log->prices_version = prices->version;
    log->users_prices = prices->with_users;
    warn_of_unread(arena, log, story->video);
    VEC_EACH (struct call, call, &story->calls) {
        enum cost_gap gap = cost_of(prices, call);
        struct str model = call->model_used;
        if (gap == COST_NO_MODEL && model.len)
            warn(arena, log,
                 str_format(arena, "the price table has no row for model " STR_FMT ": its calls have no cost",
                            STR_ARG(model)));
        else if (gap == COST_NO_PRICE)
            warn(arena, log,
                 str_format(arena,
                            "the price table lacks a price that calls of model " STR_FMT
                            " need: those have no cost",
                            STR_ARG(model)));
    }
}

void price_calls_rest(const struct prices *prices, struct vec *calls, struct cost_sum *ambiguous,
                      struct cost_sum *no_video)
{
    VEC_EACH (struct call, call, calls) {
        if (call->node != NONE && call->video != NONE)
            continue;
        cost_of(prices, call);
        cost_sum_add(call->node == NONE ? ambiguous : no_video, call);
    }
}
