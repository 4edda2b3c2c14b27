/* What concluding does about money and transcripts; for pipeline_conclude.c. */
#ifndef PIPELINE_CALLS_H
#define PIPELINE_CALLS_H

#include "model/log.h"
#include "pipeline_conclude.h"

struct prices;

/* The built-in table and the user's, if there is one. */
int find_prices(struct arena *arena, const char *path, struct prices **prices, struct err *err);

/* The built-in table as it stands in data/prices.tsv. */
struct str prices_shown(void);

/* Reads a user's table; *rows: models that it prices. */
int prices_check(const char *path, unsigned *rows, struct err *err);

/* Prices the calls of a video; adds a warning for each model and gap. */
void price_log(const struct prices *prices, struct log *log, struct story *story);

/* Prices the calls that are in no video's log, and adds them up. */
void price_rest(const struct prices *prices, struct vec *calls, struct bill *ambiguous,
                struct bill *no_video);

#endif
