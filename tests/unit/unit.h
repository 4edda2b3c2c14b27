/* How a unit test joins the program: tests/unit/<room>/<file>.c ends with UNIT_TESTS("room: part", test,
 * ...). The names of tests say what they promise. */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <check.h>

#include "base/str.h"
#include "folders.h"

void unit_register(const char *room, const TTest *const *tests, unsigned count);

#define UNIT_TESTS(room, ...)                                                                                \
    __attribute__((constructor)) static void unit_add(void)                                                  \
    {                                                                                                        \
        const TTest *const tests[] = {__VA_ARGS__};                                                          \
        unit_register(room, tests, sizeof tests / sizeof *tests);                                            \
    }

/* Numbers by chance, the same in every run: splitmix64. */
static inline uint64_t unit_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#define ck_str_is(s, literal)                                                                                \
    do {                                                                                                     \
        struct str seen_ = (s);                                                                              \
        ck_assert_msg(str_equal(seen_, str_of(literal)), "'%.*s' is not '%s'", STR_ARG(seen_), literal);     \
    } while (0)

#endif
