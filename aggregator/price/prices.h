/* The dated price table: what a model's tokens cost on a day.
 *
 * Text of the form of data/prices.tsv; docs/PRICES.md tells how a row is read. Amounts are 10^-12 USD. */
#ifndef PRICE_PRICES_H
#define PRICE_PRICES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum price_column { PRICE_INPUT, PRICE_OUTPUT, PRICE_WRITE_5M, PRICE_WRITE_1H, PRICE_READ, PRICE_COLUMNS };

#define PRICE_NONE   (-1)
#define PRICE_ALWAYS INT64_MIN /* a row that holds from the beginning */

/* One model, from one day on, for prompts of some sizes. */
struct price {
    struct str model;            /* "": web searches; input is the price of one */
    int64_t since_day;           /* since 1970-01-01; PRICE_ALWAYS */
    int64_t over, up_to;         /* tokens of the prompt: over < size <= up_to; over -1: from 0 */
    int64_t each[PRICE_COLUMNS]; /* of one token; PRICE_NONE */
    bool users;                  /* of a table of the user's */
    uint32_t line;
};

struct prices {
    struct arena *arena;
    struct vec rows;    /* of struct price, in the order of the file */
    struct str version; /* the date that the built-in table's first line tells */
    bool with_users;
};

/* The built-in table; in the arena. */
struct prices *prices_builtin(struct arena *arena);

/* Its text, word for word. */
struct str prices_text(void);

/* Adds a user's table: where it has a row for a model and a day, the built-in rows do not count. Returns 0 or
 * a negative enum err_code with file, line and column. */
int prices_read(struct prices *prices, const char *path, struct err *err);

/* The same from text; `where` is the file's name in errors. */
int prices_parse(struct prices *prices, struct str where, struct str text, bool users, struct err *err);

/* The built-in table and the user's, if there is one. */
int prices_find(struct arena *arena, const char *path, struct prices **prices, struct err *err);

#endif
