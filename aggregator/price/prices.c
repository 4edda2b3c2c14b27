/* Reads price tables. */
#include "price/prices.h"

#include "base/diag.h"
#include "base/embed.h"
#include "price/row.h"

#include <errno.h>
#include <stdio.h>

EMBED(price_data, "data/prices.tsv");

struct str prices_text(void) { return price_data(); }

int price_wrong(const struct price_place *place, const char *at, const char *sentence, struct err *err)
{
    return err_set(err, ERR_INPUT, STR_FMT ":%u:%zu: %s.", STR_ARG(place->where), place->line,
                   (size_t)(at - place->begin) + 1, sentence);
}

#define DIGITS_AFTER_POINT 6

int price_number(const struct price_place *place, struct str text, int64_t per, int64_t *out, struct err *err)
{
    int64_t millionths = 0;
    int after = -1;
    bool digits = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && after < 0)
            after = 0;
        else if (c >= '0' && c <= '9' && after < DIGITS_AFTER_POINT && millionths < INT64_MAX / 100000000) {
            millionths = millionths * 10 + (c - '0');
            after += after >= 0;
            digits = true;
        } else
            return price_wrong(
                place, text.ptr + i,
                "a price is a number such as 0.125, with six digits after the point at the most", err);
    }
    if (!digits)
        return price_wrong(place, text.ptr, "a price is a number such as 0.125", err);
    for (int i = after < 0 ? 0 : after; i < DIGITS_AFTER_POINT; i++)
        millionths *= 10;
    *out = (int64_t)((__int128)millionths * 1000000 / per); /* 10^-6 USD for `per` of them */
    return 0;
}

static int read_cells(const struct price_place *place, struct str rest, int64_t per, struct price *row,
                      struct err *err)
{
    struct str cell;
    bool any = false;
    for (int i = 0; i < PRICE_COLUMNS; i++)
        row->each[i] = PRICE_NONE;
    for (int i = 0; rest.ptr && str_next(&rest, '\t', &cell); i++) {
        struct str number = str_trim(cell);
        if (!number.len)
            continue;
        if (i >= PRICE_COLUMNS)
            return price_wrong(place, number.ptr, "a row has a name and five prices at the most", err);
        int status = price_number(place, number, per, &row->each[i], err);
        if (status)
            return status;
        any = true;
    }
    return any ? 0
               : price_wrong(place, place->begin,
                             "a row has a model and at least one price, separated by a tab", err);
}

static bool same_place(const struct price *a, const struct price *b)
{
    return str_equal(a->model, b->model) && a->since_day == b->since_day && a->over == b->over &&
           a->up_to == b->up_to && a->users == b->users;
}

static int add_row(struct prices *prices, const struct price_place *place, struct price row, struct err *err)
{
    VEC_EACH (const struct price, known, &prices->rows)
        if (same_place(known, &row) && known->line != row.line)
            return price_wrong(place, place->begin, "this model, day and prompt size already have a row",
                               err);
    *VEC_PUSH(prices->arena, &prices->rows, struct price) = row;
    return 0;
}

static int add_models(struct prices *prices, const struct price_place *place, const struct price_name *name,
                      struct price row, struct err *err)
{
    int status = 0;
    VEC_EACH (const struct str, model, &name->models) {
        row.model = *model;
        if (!status)
            status = add_row(prices, place, row, err);
        if (status || !name->changed)
            continue;
        struct price before = row;
        before.since_day = PRICE_ALWAYS;
        before.each[name->column] = name->before;
        status = add_row(prices, place, before, err);
    }
    return status;
}

static int read_row(struct prices *prices, const struct price_place *place, struct str line, bool users,
                    struct err *err)
{
    struct price_name name = {.row = {.since_day = PRICE_ALWAYS, .over = -1, .up_to = INT64_MAX}};
    struct str rest = line, cell;
    str_next(&rest, '\t', &cell);
    cell = str_trim(cell);
    bool searches = str_starts(cell, STR("web search"));
    int status = 0;
    if (searches)
        *VEC_PUSH(prices->arena, &name.models, struct str) = STR("");
    else
        status = price_name_read(prices->arena, place, cell, &name, err);
    struct price row = name.row;
    row.users = users;
    row.line = place->line;
    if (!status)
        status = read_cells(place, rest, searches ? 1000 : 1000000, &row, err);
    return status ? status : add_models(prices, place, &name, row, err);
}

/* "# Prices, ... (2026-11)" */
static struct str version_of(struct str line)
{
    ptrdiff_t open = str_find(line, STR("(")), close = str_find(line, STR(")"));
    return open >= 0 && close > open ? str_slice(line, (size_t)open + 1, (size_t)(close - open) - 1)
                                     : STR("");
}

int prices_parse(struct prices *prices, struct str where, struct str text, bool users, struct err *err)
{
    struct price_place place = {.where = where};
    int status = 0;
    text = str_copy(prices->arena, text);
    for (struct str line; !status && str_next(&text, '\n', &line);) {
        place.line++;
        place.begin = line.ptr;
        if (place.line == 1 && !users && str_starts(line, STR("#")))
            prices->version = version_of(line);
        if (str_trim(line).len && !str_starts(line, STR("#")))
            status = read_row(prices, &place, line, users, err);
    }
    prices->with_users |= users;
    return status;
}

struct prices *prices_builtin(struct arena *arena)
{
    struct prices *prices = ARENA_NEW(arena, struct prices);
    struct err err = {0};
    prices->arena = arena;
    if (prices_parse(prices, STR("data/prices.tsv"), prices_text(), false, &err))
        BUG(err.text); /* it was read when it was built in, by the tests */
    return prices;
}

int prices_read(struct prices *prices, const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return err_set(err, ERR_INPUT, "%s: %s; name a table like the one that `vlagg prices show` prints",
                       path, strerror(errno));
    struct vec text = {0};
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        for (size_t i = 0; i < got; i++)
            *VEC_PUSH(prices->arena, &text, char) = piece[i];
    int failed = ferror(file);
    fclose(file);
    if (failed)
        return err_set(err, ERR_INPUT, "%s could not be read: %s", path, strerror(errno));
    return prices_parse(prices, str_of(path), (struct str){text.items, text.count}, true, err);
}

int prices_find(struct arena *arena, const char *path, struct prices **prices, struct err *err)
{
    *prices = prices_builtin(arena);
    return path ? prices_read(*prices, path, err) : 0;
}
