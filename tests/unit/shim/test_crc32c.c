#include "suites.h"

#include "vl/crc32c.h"

START_TEST(check_value_of_the_rfc)
{
    ck_assert_uint_eq(vl_crc32c(0, "123456789", 9, 0), 0xe3069283);
    uint8_t zeros[32] = {0};
    ck_assert_uint_eq(vl_crc32c(0, zeros, sizeof zeros, 0), 0x8a9136aa); /* RFC 3720, B.4 */
}
END_TEST

START_TEST(instruction_and_table_agree)
{
#if defined(__x86_64__)
    uint8_t data[300];
    if (!__builtin_cpu_supports("sse4.2"))
        return;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + 3);
    for (size_t n = 0; n < sizeof data; n++)
        ck_assert_uint_eq(vl_crc32c(1, data, n, 0), vl_crc32c(1, data, n, 1));
#endif
}
END_TEST

Suite *suite_crc32c(void)
{
    Suite *s = suite_create("checksum");
    TCase *t = tcase_create("crc32c");
    tcase_add_test(t, check_value_of_the_rfc);
    tcase_add_test(t, instruction_and_table_agree);
    suite_add_tcase(s, t);
    return s;
}
