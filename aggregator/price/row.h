/* The cells of a row of the price table; private to this room. */
#ifndef PRICE_ROW_H
#define PRICE_ROW_H

#include "price/prices.h"

/* A place in a table, for errors. */
struct price_place {
    struct str where;
    uint32_t line;
    const char *begin; /* of the line */
};

/* "0.125" USD per million tokens in 10^-12 USD per token, or with `per` of them, of one. */
int price_number(const struct price_place *place, struct str text, int64_t per, int64_t *out,
                 struct err *err);

/* Fails with file, line, the column of `at` and the sentence. */
int price_wrong(const struct price_place *place, const char *at, const char *sentence, struct err *err);

/* What a name cell says: the models, and when and for which prompts the row holds. */
struct price_name {
    struct vec models; /* of struct str */
    struct price row;  /* without model and prices */
    bool changed;      /* `before` tells of the time before since_day */
    enum price_column column;
    int64_t before; /* price of that column until then */
};
int price_name_read(struct arena *arena, const struct price_place *place, struct str cell,
                    struct price_name *out, struct err *err);

#endif
