#include "suites.h"

#include "unwind/python_lines.h"

#define LINE(form, table, first, offset) python_line((form), (table), sizeof(table), (first), (offset))

START_TEST(steps_of_3_9)
{
    static const uint8_t table[] = {0, 1, 10, 2, 6, 0xff};
    ck_assert_int_eq(LINE(LINES_STEPS, table, 5, 0), 6);
    ck_assert_int_eq(LINE(LINES_STEPS, table, 5, 9), 6);
    ck_assert_int_eq(LINE(LINES_STEPS, table, 5, 10), 8);
    ck_assert_int_eq(LINE(LINES_STEPS, table, 5, 400), 7);
}
END_TEST

START_TEST(ranges_of_3_10)
{
    static const uint8_t table[] = {4, 1, 6, 0x80, 2, 3};
    ck_assert_int_eq(LINE(LINES_RANGES, table, 10, 0), 11);
    ck_assert_int_eq(LINE(LINES_RANGES, table, 10, 8), 11);
    ck_assert_int_eq(LINE(LINES_RANGES, table, 10, 10), 14);
    ck_assert_int_eq(LINE(LINES_RANGES, table, 10, 12), 10);
}
END_TEST

START_TEST(locations_of_3_11)
{
    /* no column +1, two units; short; one line +1; long -3; no column +100 */
    static const uint8_t table[] = {0xe9, 2, 0x80, 0, 0xd8, 5, 6, 0xf0, 7, 0, 1, 1, 0xe8, 0x48, 3};
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, 0), 21);
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, 4), 21);
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, 6), 22);
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, 8), 19);
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, 10), 119);
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, 12), 20);
}
END_TEST

START_TEST(before_the_first_instruction_is_the_first_line)
{
    static const uint8_t table[] = {0xe9, 2};
    ck_assert_int_eq(LINE(LINES_LOCATIONS, table, 20, -2), 20);
    ck_assert_int_eq(python_line(LINES_STEPS, table, 0, 20, 4), 20);
}
END_TEST

/* Whatever the bytes, however many: an answer, and nothing beyond them is read (the table ends at a page's
 * end where a sanitizer looks). */
START_TEST(any_bytes_give_an_answer)
{
    uint64_t state = 7;
    for (int round = 0; round < 20000; round++) {
        uint8_t table[16];
        for (unsigned i = 0; i < sizeof table; i++)
            table[i] = (uint8_t)((state = state * 6364136223846793005u + 1442695040888963407u) >> 56);
        size_t bytes = (size_t)(state >> 40) % (sizeof table + 1);
        for (int form = LINES_STEPS; form <= LINES_LOCATIONS; form++)
            python_line((enum lines_form)form, table, bytes, 1, round % 64);
    }
}
END_TEST

Suite *suite_python_lines(void)
{
    Suite *s = suite_create("python_lines");
    TCase *t = tcase_create("lines");
    tcase_add_test(t, steps_of_3_9);
    tcase_add_test(t, ranges_of_3_10);
    tcase_add_test(t, locations_of_3_11);
    tcase_add_test(t, before_the_first_instruction_is_the_first_line);
    tcase_add_test(t, any_bytes_give_an_answer);
    suite_add_tcase(s, t);
    return s;
}
