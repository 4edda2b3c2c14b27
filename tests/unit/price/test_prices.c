/* The built-in table to the cent's millionth, tables of a user's own, and what is never guessed. */
#include "unit.h"

#include "price/cost.h"

#include <stdio.h>

#define OCTOBER_6 1791331199999999999 /* the last nanosecond of 2026-10-06, UTC */
#define OCTOBER_7 1791331200000000000
#define NOVEMBER  1795392000000000000 /* 2026-11-23 */
#define CENT      10000000000
#define NOT_NAMED -1

static struct call call_of(const char *model, int64_t input, int64_t output)
{
    struct call call = {.model_used = str_of(model), .start_ns = NOVEMBER, .http_status = 200, .success = 1};
    call.tokens = tokens_unknown();
    call.tokens.input = input;
    call.tokens.output = output;
    return call;
}

static int64_t cost_in(const struct prices *prices, struct call call)
{
    cost_of(prices, &call);
    return call.cost;
}

static int64_t cost(struct call call)
{
    struct arena *arena = arena_new();
    int64_t amount = cost_in(prices_builtin(arena), call);
    arena_free(arena);
    return amount;
}

START_TEST(every_row_costs_what_the_table_says)
{
    /* a million of each, in micro-dollars; -1: that column has no price */
    static const struct {
        const char *model;
        int64_t micros[PRICE_COLUMNS];
    } rows[] = {
        {"claude-opus-5-5", {4000000, 20000000, 5000000, 8000000, 200000}},
        {"claude-opus-5", {5000000, 25000000, 6250000, 10000000, 500000}},
        {"claude-opus-4-8", {5000000, 25000000, 6250000, 10000000, 500000}},
        {"claude-opus-4-6", {5000000, 25000000, 6250000, 10000000, 500000}},
        {"claude-opus-4-5-20251101", {5000000, 25000000, 6250000, 10000000, 500000}},
        {"claude-opus-4-1-20250805", {15000000, 75000000, 18750000, 30000000, 1500000}},
        {"claude-opus-4-20250514", {15000000, 75000000, 18750000, 30000000, 1500000}},
        {"claude-sonnet-5-5", {2000000, 10000000, 2500000, 4000000, 100000}},
        {"claude-sonnet-5", {2000000, 10000000, 2500000, 4000000, 200000}},
        {"claude-sonnet-4-6", {3000000, 15000000, 3750000, 6000000, 300000}},
        {"claude-sonnet-4-5-20250929", {3000000, 15000000, 3750000, 6000000, 300000}},
        {"claude-sonnet-4-20250514", {3000000, 15000000, 3750000, 6000000, 300000}},
        {"claude-3-7-sonnet-20250219", {3000000, 15000000, 3750000, 6000000, 300000}},
        {"claude-haiku-4-5-20251001", {1000000, 5000000, 1250000, 2000000, 100000}},
        {"claude-3-5-haiku-20241022", {800000, 4000000, 1000000, 1600000, 80000}},
        {"claude-3-haiku-20240307", {250000, 1250000, 300000, 500000, 30000}},
        {"claude-3-sonnet-20240229", {3000000, 15000000, -1, -1, -1}},
        {"claude-3-opus-20240229", {15000000, 75000000, -1, -1, -1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int column = 0; column < PRICE_COLUMNS; column++) {
            struct call call = call_of(rows[i].model, 0, 0);
            int64_t *const counts[PRICE_COLUMNS] = {&call.tokens.input, &call.tokens.output,
                                                    &call.tokens.cache_write_5m, &call.tokens.cache_write_1h,
                                                    &call.tokens.cache_read};
            *counts[column] = 1000000;
            int64_t wanted = rows[i].micros[column] < 0 ? NO_COST : rows[i].micros[column] * 1000000;
            ck_assert_msg(cost(call) == wanted, "%s, column %d: %lld", rows[i].model, column,
                          (long long)cost(call));
        }
}
END_TEST

START_TEST(a_price_changes_on_its_day_and_not_before)
{
    struct call call = call_of("claude-sonnet-5-5", 0, 0);
    call.tokens.cache_read = 1000000;
    call.start_ns = OCTOBER_6;
    ck_assert_int_eq(cost(call), 20 * CENT);
    call.start_ns = OCTOBER_7;
    ck_assert_int_eq(cost(call), 10 * CENT);
}
END_TEST

START_TEST(a_long_prompt_changes_the_price_of_the_whole_request)
{
    struct call call = call_of("claude-haiku-5-5", 100000, 1000);
    ck_assert_int_eq(cost(call), 100000 * 100000LL + 1000 * 500000LL);
    call.tokens.input = 100001;
    ck_assert_int_eq(cost(call), 100001 * 500000LL + 1000 * 2500000LL);
    call.tokens.input = 99000;
    call.tokens.cache_read = 1000;
    ck_assert_int_eq(cost(call), 99000 * 100000LL + 1000 * 500000LL + 1000 * 10000LL);
    call.tokens.cache_read = 1001; /* the prompt is long with it, and a long prompt's cache has no price */
    ck_assert_int_eq(cost(call), NO_COST);
}
END_TEST

/* Each column of both rows by itself, at a size that the row is for. */
START_TEST(the_rows_by_size_have_their_prices_in_every_column)
{
    static const struct {
        int64_t count, each[PRICE_COLUMNS]; /* of a token, in 10^-12 USD; -1: no price */
    } rows[] = {{100000, {100000, 500000, 125000, 200000, 10000}}, {100001, {500000, 2500000, -1, -1, -1}}};
    for (size_t i = 0; i < 2; i++)
        for (int column = 0; column < PRICE_COLUMNS; column++) {
            struct call call = call_of("claude-haiku-5-5-20261001", 0, 0);
            int64_t *const counts[PRICE_COLUMNS] = {&call.tokens.input, &call.tokens.output,
                                                    &call.tokens.cache_write_5m, &call.tokens.cache_write_1h,
                                                    &call.tokens.cache_read};
            call.tokens.input = column == PRICE_OUTPUT ? rows[i].count : 0; /* the prompt decides */
            *counts[column] = rows[i].count;
            int64_t wanted = rows[i].count * rows[i].each[column];
            wanted += column == PRICE_OUTPUT ? rows[i].count * rows[i].each[PRICE_INPUT] : 0;
            ck_assert_int_eq(cost(call), rows[i].each[column] < 0 ? NO_COST : wanted);
        }
}
END_TEST

START_TEST(a_batch_is_half_and_searches_are_counted_one_by_one)
{
    struct call call = call_of("claude-haiku-4-5", 1001, 7);
    ck_assert_int_eq(cost(call), 1001 * 1000000LL + 7 * 5000000LL);
    call.service_tier = STR("batch");
    ck_assert_int_eq(cost(call), (1001 * 1000000LL + 7 * 5000000LL) / 2);
    call.tokens.web_searches = 3;
    ck_assert_int_eq(cost(call), (1001 * 1000000LL + 7 * 5000000LL) / 2 + 3 * CENT);
}
END_TEST

START_TEST(what_is_not_in_the_table_is_not_known)
{
    struct arena *arena = arena_new();
    struct prices *prices = prices_builtin(arena);
    struct call strange = call_of("claude-opus-6", 1, 1), untold = call_of("claude-opus-5", NOT_NAMED, 1);
    struct call half = call_of("claude-opus-5", 1, NOT_NAMED), column = call_of("claude-3-opus", 1, 1);
    column.tokens.cache_read = 1;
    ck_assert_int_eq(cost_of(prices, &strange), COST_NO_MODEL);
    ck_assert_int_eq(cost_of(prices, &untold), COST_NO_USAGE);
    ck_assert_int_eq(cost_of(prices, &half), COST_NO_USAGE);
    ck_assert_int_eq(cost_of(prices, &column), COST_NO_PRICE);
    ck_assert_int_eq(cost(call_of("claude-opus-50", 1, 1)), NO_COST);
    ck_assert_int_eq(cost(call_of("claude-opus-5-2026", 1, 1)), NO_COST);
    ck_assert_int_eq(cost(call_of("", 1, 1)), NO_COST);
    column.tokens.cache_read = 0;
    ck_assert_int_eq(cost(column), 90000000);
    arena_free(arena);
}
END_TEST

START_TEST(a_refused_call_costs_nothing_and_a_lost_one_is_not_known)
{
    struct call call = call_of("claude-opus-5", NOT_NAMED, NOT_NAMED);
    call.success = 0;
    call.usage = USAGE_NONE;
    call.http_status = 529;
    ck_assert_int_eq(cost(call), 0);
    call.http_status = -1;
    ck_assert_int_eq(cost(call), NO_COST);
}
END_TEST

START_TEST(counting_tokens_listing_and_ordering_a_batch_cost_nothing)
{
    static const struct {
        const char *endpoint;
        int64_t amount;
    } rows[] = {{"POST /v1/messages/count_tokens", 0},
                {"POST /v1/models/count-tokens:rawPredict", 0},
                {"POST /v1/messages/batches", 0},
                {"GET /v1/models", 0},
                {"POST /v1/messages", NO_COST},
                {"POST /gateway/ask", NO_COST},
                {"", NO_COST}};
    struct call call = call_of("", NOT_NAMED, NOT_NAMED);
    call.usage = USAGE_NONE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        call.endpoint = str_of(rows[i].endpoint);
        ck_assert_int_eq(cost(call), rows[i].amount);
    }
}
END_TEST

START_TEST(resold_models_are_priced_by_the_users_table_alone)
{
    struct arena *arena = arena_new();
    struct prices *prices = prices_builtin(arena);
    struct err err = {0};
    struct call call = call_of("claude-opus-4-8", 10, 0);
    call.endpoint = STR("/model/anthropic.claude-opus-4-8/invoke-with-response-stream");
    ck_assert_int_eq(cost_in(prices, call), NO_COST);
    call.endpoint = STR("/v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict");
    ck_assert_int_eq(cost_in(prices, call), NO_COST);
    ck_assert_int_eq(prices_parse(prices, STR("mine"), STR("claude-opus-4-8\t7\t9\n"), true, &err), 0);
    ck_assert_int_eq(cost_in(prices, call), 70000000);
    arena_free(arena);
}
END_TEST

START_TEST(a_users_row_stands_in_for_the_built_in_one_from_its_day_on)
{
    struct arena *arena = arena_new();
    struct prices *prices = prices_builtin(arena);
    struct err err = {0};
    struct str table =
        STR("# mine\nclaude-opus-5 (since 2026-11-01)\t1\t2\nmy-model, my-other\t0.000001\t0.5\n"
            "claude-sonnet-5-5\t9\t9\n");
    ck_assert_msg(prices_parse(prices, STR("mine"), table, true, &err) == 0, "%s", err.text);
    struct call opus = call_of("claude-opus-5", 1000, 0);
    ck_assert_int_eq(cost_in(prices, opus), 1000000000);
    opus.start_ns = OCTOBER_7;
    ck_assert_int_eq(cost_in(prices, opus), 5000000000);
    ck_assert_int_eq(cost_in(prices, call_of("my-model", 3, 0)), 3);
    ck_assert_int_eq(cost_in(prices, call_of("my-other-20260101", 3, 0)), 3);
    ck_assert_int_eq(cost_in(prices, call_of("claude-sonnet-5-5", 1, 0)), 9000000);
    ck_assert_int_eq(cost_in(prices, call_of("claude-sonnet-5", 1, 0)), 2000000);
    arena_free(arena);
}
END_TEST

START_TEST(a_wrong_table_is_told_with_line_and_column)
{
    static const struct {
        const char *text, *place;
    } wrong[] = {
        {"claude-x\t1\tabc", "t:1:12:"},
        {"\n# fine\nclaude-x\t1.0000001", "t:3:18:"},
        {"claude-x", "t:1:1:"},
        {"claude-x\t1\t2\t3\t4\t5\t6", "t:1:20:"},
        {"claude-x (since yesterday)\t1", "t:1:17:"},
        {"claude-x (since 2026-10-07; cache 1 before)\t1", "t:1:29:"},
        {"claude-x (since 2026-10-07\t1", "t:1:10:"},
        {"claude-x, prompt about 5\t1", "t:1:18:"},
        {"claude x\t1", "t:1:1:"},
        {"claude-x\t1\nclaude-x\t2", "t:2:1:"},
        {"claude-x\t-1", "t:1:10:"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arena *arena = arena_new();
        struct prices *prices = prices_builtin(arena);
        struct err err = {0};
        ck_assert_int_ne(prices_parse(prices, STR("t"), str_of(wrong[i].text), true, &err), 0);
        ck_assert_msg(strncmp(err.text, wrong[i].place, strlen(wrong[i].place)) == 0, "%s: %s",
                      wrong[i].place, err.text);
        arena_free(arena);
    }
}
END_TEST

START_TEST(the_table_says_of_when_it_is)
{
    struct arena *arena = arena_new();
    ck_str_is(prices_builtin(arena)->version, "2026-11");
    arena_free(arena);
}
END_TEST

UNIT_TESTS("price", every_row_costs_what_the_table_says, a_price_changes_on_its_day_and_not_before,
           a_long_prompt_changes_the_price_of_the_whole_request,
           the_rows_by_size_have_their_prices_in_every_column,
           a_batch_is_half_and_searches_are_counted_one_by_one, what_is_not_in_the_table_is_not_known,
           a_refused_call_costs_nothing_and_a_lost_one_is_not_known,
           counting_tokens_listing_and_ordering_a_batch_cost_nothing,
           resold_models_are_priced_by_the_users_table_alone,
           a_users_row_stands_in_for_the_built_in_one_from_its_day_on,
           a_wrong_table_is_told_with_line_and_column, the_table_says_of_when_it_is)
