/* Ticks to wall time, and the merge. */
#include "unit.h"

#include "order/clock.h"
#include "order/merge_sorted.h"

#include "vl/spool.h"

static const uint8_t boot[16] = {1};

struct set {
    struct facts *facts;
    struct clock *clock;
};

static struct set with_pairs(uint8_t kind, const struct clock_pair *pairs, unsigned count)
{
    struct set s = {.facts = facts_new()};
    uint32_t host = facts_host(s.facts, STR("box"), boot, kind);
    for (unsigned i = 0; i < count; i++)
        facts_add_pair(s.facts, host, pairs[i]);
    s.clock = clocks_make(s.facts->arena, s.facts);
    return s;
}

START_TEST(monotonic_ticks_are_nanoseconds)
{
    struct clock_pair pairs[] = {{1000, 5001000, 1000, 0}};
    struct set s = with_pairs(VL_CLOCK_MONOTONIC, pairs, 1);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 1000), 5001000);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 1234567), 5000000 + 1234567);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 0), 5000000);
    ck_assert_uint_eq(clock_duration_ns(s.clock, 77), 77);
    facts_free(s.facts);
}
END_TEST

START_TEST(the_rate_of_a_tsc_is_that_of_its_readings)
{
    struct clock_pair pairs[] = {{3000000000, 100, 50, 9}, {6000000000, 1000000100, 1000000050, 9}};
    struct set s = with_pairs(VL_CLOCK_TSC, pairs, 2);
    ck_assert_uint_eq(clock_duration_ns(s.clock, 3000), 1000);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 4500000000), 500000100);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 9000000000), 2000000100);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 3000000000 - 300), 0);
    facts_free(s.facts);
}
END_TEST

START_TEST(a_single_reading_of_a_tsc_takes_the_stated_rate)
{
    struct clock_pair pairs[] = {{1000, 500, 400, 9}};
    struct set s = with_pairs(VL_CLOCK_TSC, pairs, 1);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 1000), 500);
    ck_assert_int_eq(clock_realtime_ns(s.clock, 1000 + CLOCK_UNKNOWN_TICKS_PER_SECOND), 1000000500);
    facts_free(s.facts);
}
END_TEST

START_TEST(setting_the_clock_moves_what_comes_after_alone)
{
    const uint64_t later = 1ull << 33;
    struct clock_pair pairs[] = {{1000, 1000, 1000, 0}, {later, (int64_t)later + 3600000000000, later, 0}};
    struct set s = with_pairs(VL_CLOCK_MONOTONIC, pairs, 2);
    ck_assert_int_eq(clock_realtime_ns(s.clock, later - 1), (int64_t)later - 1);
    ck_assert_int_eq(clock_realtime_ns(s.clock, later + 5), (int64_t)later + 5 + 3600000000000);
    facts_free(s.facts);
}
END_TEST

START_TEST(later_ticks_are_never_earlier_times_however_noisy_the_readings)
{
    uint64_t seed = 3;
    struct clock_pair pairs[200];
    for (unsigned i = 0; i < 200; i++) {
        uint64_t ticks = (uint64_t)i * 1000000000, ns = ticks / 3 + unit_random(&seed) % 2000;
        pairs[i] = (struct clock_pair){ticks, (int64_t)(ns + 1000000 + unit_random(&seed) % 3000), ns, 10000};
    }
    struct set s = with_pairs(VL_CLOCK_TSC, pairs, 200);
    int64_t before = INT64_MIN;
    for (uint64_t ticks = 0; ticks < 210000000000; ticks += 1 + unit_random(&seed) % 3000000) {
        int64_t now = clock_realtime_ns(s.clock, ticks);
        ck_assert_int_ge(now, before);
        before = now;
    }
    facts_free(s.facts);
}
END_TEST

START_TEST(the_utc_offset_is_that_of_the_moment)
{
    struct facts *facts = facts_new();
    uint32_t host = facts_host(facts, STR("box"), boot, VL_CLOCK_MONOTONIC);
    facts_add_offset(facts, host, (struct utc_offset){1ull << 40, 7200});
    facts_add_offset(facts, host, (struct utc_offset){1000, 3600});
    struct clock *clock = clocks_make(facts->arena, facts);
    ck_assert_int_eq(clock_utc_offset(clock, 0), 3600);
    ck_assert_int_eq(clock_utc_offset(clock, (1ull << 40) - 1), 3600);
    ck_assert_int_eq(clock_utc_offset(clock, 1ull << 40), 7200);
    facts_free(facts);
}
END_TEST

START_TEST(readings_that_lie_never_crash)
{
    struct clock_pair pairs[] = {{0, INT64_MIN, UINT64_MAX, UINT32_MAX},
                                 {UINT64_MAX, INT64_MAX, 0, 0},
                                 {5, -1, 1ull << 63, 0},
                                 {1ull << 63, 0, 7, 1}};
    struct set s = with_pairs(VL_CLOCK_TSC, pairs, 4);
    const uint64_t at[] = {0, 1, 1ull << 63, UINT64_MAX};
    for (int i = 0; i < 4; i++) {
        clock_realtime_ns(s.clock, at[i]);
        clock_duration_ns(s.clock, at[i]);
    }
    facts_free(s.facts);
}
END_TEST

START_TEST(merging_gives_one_sorted_row)
{
    struct merge merge = {.arena = arena_new()};
    uint64_t seed = 9;
    struct source {
        struct merge_key key;
        unsigned left;
    } sources[50];
    for (unsigned i = 0; i < 50; i++) {
        sources[i] =
            (struct source){{.boot_id = boot, .pid = i, .time_ns = (int64_t)(unit_random(&seed) % 100)}, 20};
        merge_sorted_add(&merge, &sources[i].key);
    }
    struct merge_key before = {.boot_id = boot, .time_ns = -1};
    unsigned taken = 0;
    for (struct merge_key *first; (first = merge_sorted_first(&merge)); taken++) {
        ck_assert_int_lt(merge_sorted_order(&before, first), 0);
        before = *first;
        first->time_ns += 1 + (int64_t)(unit_random(&seed) % 10);
        if (--((struct source *)first)->left)
            merge_sorted_first_moved(&merge);
        else
            merge_sorted_first_ended(&merge);
    }
    ck_assert_uint_eq(taken, 50 * 20);
    arena_free(merge.arena);
}
END_TEST

UNIT_TESTS("order", monotonic_ticks_are_nanoseconds, the_rate_of_a_tsc_is_that_of_its_readings,
           a_single_reading_of_a_tsc_takes_the_stated_rate, setting_the_clock_moves_what_comes_after_alone,
           later_ticks_are_never_earlier_times_however_noisy_the_readings,
           the_utc_offset_is_that_of_the_moment, readings_that_lie_never_crash, merging_gives_one_sorted_row)
