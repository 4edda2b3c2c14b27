/* When two errors are the same one, and how they are counted. */
#include "unit.h"

#include "failures/group.h"

static uint64_t print_of(const char *category, const char *message, const char *trace)
{
    return fingerprint_of(&(struct failure){.category = str_of(category),
                                            .message = str_of(message),
                                            .trace = str_of(trace),
                                            .scene = STR("Ring")});
}

static bool same(const char *a, const char *b)
{
    return print_of("runtime_error", a, "") == print_of("runtime_error", b, "");
}

static bool same_trace(const char *a, const char *b)
{
    return print_of("runtime_error", "KeyError: 1", a) == print_of("runtime_error", "KeyError: 1", b);
}

START_TEST(numbers_addresses_and_folders_make_no_difference)
{
    ck_assert(same("line 12 of 30", "line 7 of 4"));
    ck_assert(same("killed after 8.0 seconds", "killed after 15.2 seconds"));
    ck_assert(same("<Circle at 0x7f01>", "<Circle at 0x55aa00>"));
    ck_assert(same("no /a/b/c.py", "no /x/c.py"));
    ck_assert(!same("name 'a1' is not defined", "name 'a2' is not defined"));
    ck_assert(!same("no /a/b/c.py", "no /a/b/d.py"));
    ck_assert(print_of("a", "x", "") != print_of("b", "x", ""));
}
END_TEST

START_TEST(a_fingerprint_is_for_ever)
{
    ck_assert_uint_eq(print_of("runtime_error", "x 1", ""), print_of("runtime_error", "x #", ""));
    ck_assert_uint_eq(print_of("", "", ""), 0xaf63c74c8601c8ddu);
}
END_TEST

#define FRAME(path, line, function) "  File \"" path "\", line " line ", in " function "\n    x\n"

START_TEST(the_functions_on_the_way_count_but_neither_lines_nor_libraries)
{
    ck_assert(same_trace(FRAME("/a/clean.py", "7", "inline"), FRAME("/b/clean.py", "90", "inline")));
    ck_assert(!same_trace(FRAME("/a/clean.py", "7", "inline"), FRAME("/a/clean.py", "7", "order")));
    ck_assert(!same_trace(FRAME("/a/clean.py", "7", "inline"), FRAME("/a/match.py", "7", "inline")));
    ck_assert(same_trace(FRAME("/a/clean.py", "7", "inline") FRAME("/usr/lib/python3.11/json/a.py", "1", "f"),
                         FRAME("/a/clean.py", "7", "inline")));
    ck_assert(
        same_trace(FRAME("/a/Ring.py", "7", "construct"), FRAME("/tmp/x/Ring_test.py", "9", "construct")));
    ck_assert(same_trace("/a/clean.py:7 in inline\n", FRAME("/b/clean.py", "90", "inline")));
}
END_TEST

static void add(struct arena *arena, struct story *story, int64_t at, const char *stage, const char *message,
                uint32_t echo)
{
    struct failure *failure = VEC_PUSH(arena, &story->failures, struct failure);
    *failure = (struct failure){.stage = str_of(stage),
                                .at_ns = at,
                                .category = STR("syntax_error"),
                                .message = str_of(message),
                                .echo_of = echo};
}

START_TEST(one_entry_per_stage_and_category_with_its_variants)
{
    struct arena *arena = arena_new();
    struct story story = {0};
    add(arena, &story, 50, "rendering", "SyntaxError: b", NONE);
    add(arena, &story, 10, "rendering", "SyntaxError: a line 1", NONE);
    add(arena, &story, 30, "rendering", "SyntaxError: a line 2", NONE);
    add(arena, &story, 20, "cleaning", "SyntaxError: a line 2", NONE);
    add(arena, &story, 51, "rendering", "parent says: failed", 0);
    struct vec groups = group_failures(arena, &story);
    ck_assert_uint_eq(groups.count, 2);
    const struct group *first = VEC_AT(&groups, struct group, 0);
    ck_str_is(first->key, "rendering_syntax_error");
    ck_assert_uint_eq(first->count, 3);
    ck_assert_int_eq(first->first_ns, 10);
    ck_assert_int_eq(first->last_ns, 50);
    ck_assert_uint_eq(first->variants.count, 2);
    ck_assert_uint_eq(VEC_AT(&first->variants, struct variant, 0)->count, 2);
    ck_str_is(VEC_AT(&groups, struct group, 1)->key, "cleaning_syntax_error");
    arena_free(arena);
}
END_TEST

UNIT_TESTS("failures: group", numbers_addresses_and_folders_make_no_difference, a_fingerprint_is_for_ever,
           the_functions_on_the_way_count_but_neither_lines_nor_libraries,
           one_entry_per_stage_and_category_with_its_variants)
