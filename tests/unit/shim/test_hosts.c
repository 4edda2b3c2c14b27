#include "suites.h"

#include "hosts.h"

#include <string.h>

static bool fits(const char *patterns, const char *host, unsigned port)
{
    return hosts_match(patterns, host, strlen(host), port);
}

START_TEST(a_host_fits_its_pattern)
{
    ck_assert(fits("api.anthropic.com", "api.anthropic.com", 443));
    ck_assert(fits("api.anthropic.com", "API.Anthropic.COM", 0));
    ck_assert(fits("a.com, api.anthropic.com", "api.anthropic.com", 443));
    ck_assert(fits("*.anthropic.com", "api.anthropic.com", 443));
    ck_assert(fits("bedrock-runtime.*.amazonaws.com", "bedrock-runtime.eu-west-1.amazonaws.com", 443));
    ck_assert(fits("127.0.0.1", "127.0.0.1", 8080));
    ck_assert(fits("[::1]:8443", "::1", 8443));
}
END_TEST

START_TEST(a_port_counts_where_both_are_known)
{
    ck_assert(fits("localhost:8443", "localhost", 8443));
    ck_assert(fits("localhost:8443", "localhost", 0));
    ck_assert(!fits("localhost:8443", "localhost", 443));
    ck_assert(!fits("[::1]:8443", "::1", 443));
}
END_TEST

START_TEST(others_do_not)
{
    ck_assert(!fits("api.anthropic.com", "api.anthropic.com.evil.org", 443));
    ck_assert(!fits("api.anthropic.com", "xapi.anthropic.com", 443));
    ck_assert(!fits("*.anthropic.com", "anthropic.com", 443));
    ck_assert(!fits("", "api.anthropic.com", 443));
    ck_assert(!fits(",,", "", 443));
    ck_assert(!fits(NULL, "api.anthropic.com", 443));
}
END_TEST

Suite *suite_hosts(void)
{
    Suite *s = suite_create("hosts");
    TCase *t = tcase_create("patterns");
    tcase_add_test(t, a_host_fits_its_pattern);
    tcase_add_test(t, a_port_counts_where_both_are_known);
    tcase_add_test(t, others_do_not);
    suite_add_tcase(s, t);
    return s;
}
