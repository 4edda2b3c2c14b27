/* What a call cost, by the table; never a guess. */
#ifndef PRICE_COST_H
#define PRICE_COST_H

#include "model/call.h"
#include "model/log.h"
#include "price/prices.h"

enum cost_gap {
    COST_KNOWN,
    COST_NO_USAGE, /* input or output tokens are not known */
    COST_NO_MODEL, /* no row for the model on that day */
    COST_NO_PRICE  /* a column that was used has none */
};

/* Sets call->cost. A call that failed without any usage, with an answer, costs 0. */
enum cost_gap cost_of(const struct prices *prices, struct call *call);

struct prices;

/* Prices the calls of a video; adds a warning for each model and gap. */
void price_calls_of_log(const struct prices *prices, struct log *log, struct story *story);

/* Prices the calls that are in no video's log, and adds them up. */
void price_calls_rest(const struct prices *prices, struct vec *calls, struct cost_sum *ambiguous,
                      struct cost_sum *no_video);

#endif
