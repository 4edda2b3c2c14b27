/* Time where nothing may be asked of the kernel. */
#include "clock.h"
#include "suites.h"

START_TEST(it_goes_on_or_stands_still_but_never_runs_back)
{
    shim.tsc = false;
    uint64_t before = clock_ticks();
    clock_confine(false);
    uint64_t first = clock_ticks(), second = clock_ticks();
    ck_assert_uint_ge(first, before);
    ck_assert_uint_ge(second, first);
    clock_set_free();
    ck_assert_uint_gt(clock_ticks(), second);
    ck_assert(!shim.tsc);
}
END_TEST

START_TEST(without_the_counter_it_stands_still)
{
    shim.tsc = clock_kernel_uses_counter();
    bool counter = shim.tsc;
    clock_confine(true);
    ck_assert_uint_eq(clock_ticks(), clock_ticks());
    ck_assert(!shim.tsc);
    clock_set_free();
    ck_assert(shim.tsc == counter);
}
END_TEST

Suite *suite_clock(void)
{
    Suite *suite = suite_create("clock");
    TCase *one = tcase_create("confined");
    tcase_add_test(one, it_goes_on_or_stands_still_but_never_runs_back);
    tcase_add_test(one, without_the_counter_it_stands_still);
    suite_add_tcase(suite, one);
    return suite;
}
