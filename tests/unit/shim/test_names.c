/* Connections by the names that their addresses were resolved from. */
#include "suites.h"

#include "config.h"
#include "names.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct sockaddr_in ipv4(const char *text, unsigned port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, text, &a.sin_addr);
    return a;
}

static struct sockaddr_in6 ipv6(const char *text, unsigned port)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    inet_pton(AF_INET6, text, &a.sin6_addr);
    return a;
}

#define ENDPOINT(a, e) names_endpoint((const struct sockaddr *)&(a), sizeof(a), &(e))

START_TEST(an_address_has_the_listed_name_that_it_was_resolved_from)
{
    struct sockaddr_in api = ipv4("192.0.2.1", 443), other = ipv4("192.0.2.2", 443);
    struct sockaddr_in6 mapped = ipv6("::ffff:192.0.2.1", 443);
    struct endpoint e;
    config.hosts = "api.example.org,*.gateway:8080";
    names_resolved("api.example.org", (struct sockaddr *)&api);
    names_resolved("other.example.org", (struct sockaddr *)&other);
    ck_assert(ENDPOINT(api, e) && names_listed(&e));
    ck_assert_str_eq(e.host, "api.example.org");
    ck_assert_int_eq(e.port, 443);
    ck_assert(ENDPOINT(mapped, e));
    ck_assert_str_eq(e.host, "api.example.org");
    ck_assert(ENDPOINT(other, e) && !names_listed(&e));
    ck_assert_str_eq(e.host, "192.0.2.2");
}
END_TEST

START_TEST(the_port_of_a_pattern_counts_where_it_is_known)
{
    struct sockaddr_in right = ipv4("192.0.2.3", 8080), wrong = ipv4("192.0.2.3", 80);
    struct endpoint e;
    config.hosts = "*.gateway:8080";
    names_resolved("one.gateway", (struct sockaddr *)&right);
    ck_assert(ENDPOINT(right, e) && names_listed(&e));
    ck_assert_int_eq(names_port("one.gateway"), 0);
    names_connected(&e);
    ck_assert_int_eq(names_port("one.gateway"), 8080);
    ck_assert(ENDPOINT(wrong, e) && !names_listed(&e));
    names_connected(&e);
    ck_assert_int_eq(names_port("one.gateway"), 0); /* several */
}
END_TEST

START_TEST(the_machine_itself_is_localhost)
{
    struct sockaddr_in four = ipv4("127.0.0.1", 80);
    struct sockaddr_in6 six = ipv6("::1", 80);
    struct endpoint e;
    config.hosts = "localhost:80";
    ck_assert(ENDPOINT(four, e) && names_listed(&e));
    ck_assert(ENDPOINT(six, e) && names_listed(&e));
    config.hosts = "localhost:81";
    ck_assert(ENDPOINT(six, e) && !names_listed(&e));
}
END_TEST

START_TEST(more_names_than_there_is_room_for)
{
    struct endpoint e;
    config.hosts = "*";
    for (unsigned i = 0; i < 300; i++) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(0x0a000000u + i)}};
        names_resolved(i % 2 ? "odd" : "even", (struct sockaddr *)&a);
        ck_assert(ENDPOINT(a, e));
        ck_assert_str_eq(e.host, i % 2 ? "odd" : "even");
    }
}
END_TEST

Suite *suite_names(void)
{
    Suite *s = suite_create("names");
    TCase *t = tcase_create("names");
    tcase_add_test(t, an_address_has_the_listed_name_that_it_was_resolved_from);
    tcase_add_test(t, the_port_of_a_pattern_counts_where_it_is_known);
    tcase_add_test(t, the_machine_itself_is_localhost);
    tcase_add_test(t, more_names_than_there_is_room_for);
    suite_add_tcase(s, t);
    return s;
}
