/* What the calls of a recording cost, and what has to be said about it. */
#ifndef PRICE_PRICE_CALLS_H
#define PRICE_PRICE_CALLS_H

#include "model/log.h"

struct prices;

/* Prices the calls of a video; adds a warning for each model and gap. */
void price_calls_of_log(const struct prices *prices, struct log *log, struct story *story);

/* Prices the calls that are in no video's log, and adds them up. */
void price_calls_rest(const struct prices *prices, struct vec *calls, struct cost_sum *ambiguous,
                      struct cost_sum *no_video);

#endif
