#include "suites.h"

#include "tz.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static long libc_offset(time_t t)
{
    struct tm tm;
    localtime_r(&t, &tm);
    return tm.tm_gmtoff;
}

/* Rules and, where the machine has tzdata, names. */
static const char *const zones[] = {
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "<-03>3",
    "IST-5:30",
    "NZST-12NZDT,M9.5.0,M4.1.0/3",
    "AAA3BBB,J60/0,J300/12:30",
    "AAA3BBB,59,299",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Asia/Kolkata",
    "UTC",
    ":Europe/Paris",
    "",
};

START_TEST(offsets_are_those_of_libc)
{
    const char *zone = zones[_i];
    static struct tz_zone room;
    setenv("TZ", zone, 1);
    tzset();
    for (int64_t t = 0; t < 6000000000; t += 86400 * 9 + 3333) {
        struct tz_offset o = tz_local(zone, t, &room);
        ck_assert_msg(o.seconds == libc_offset(t), "%s at %ld: %d, libc has %ld", zone, (long)t, o.seconds,
                      libc_offset(t));
        ck_assert_int_gt(o.until, t);
        if (o.until != INT64_MAX)
            ck_assert_int_eq(libc_offset(o.until - 1), o.seconds);
    }
}
END_TEST

START_TEST(what_is_no_zone_is_utc)
{
    uint8_t junk[64];
    memset(junk, 0xff, sizeof junk);
    memcpy(junk, "TZif2", 5);
    ck_assert_int_eq(tz_from_file(junk, sizeof junk, 0).seconds, 0);
    ck_assert_int_eq(tz_from_file(junk, 3, 0).seconds, 0);
    ck_assert_int_eq(tz_from_rule("1", 1, 0).seconds, 0);
}
END_TEST

Suite *suite_tz(void)
{
    Suite *s = suite_create("tz");
    TCase *t = tcase_create("tz");
    tcase_add_loop_test(t, offsets_are_those_of_libc, 0, (int)(sizeof zones / sizeof *zones));
    tcase_add_test(t, what_is_no_zone_is_utc);
    suite_add_tcase(s, t);
    return s;
}
