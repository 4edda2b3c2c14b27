/* attempts -> price: what the calls of a recording cost, and what has to be said about it. */
#include "price/price_calls.h"

#include "price/cost.h"
#include "price/prices.h"

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
