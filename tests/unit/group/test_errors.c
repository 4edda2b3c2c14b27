/* When two errors are the same one, and how they are counted. */
#include "unit.h"

#include "group/errors.h"
#include "group/fingerprint.h"

static bool same(const char *a, const char *b)
{
    return fingerprint_of(STR("runtime_error"), str_of(a)) == fingerprint_of(STR("runtime_error"), str_of(b));
}

START_TEST(numbers_addresses_and_folders_make_no_difference)
{
    ck_assert(same("line 12 of 30", "line 7 of 4"));
    ck_assert(same("killed after 8.0 seconds", "killed after 15.2 seconds"));
    ck_assert(same("<Circle at 0x7f01>", "<Circle at 0x55aa00>"));
    ck_assert(same("no /a/b/c.py", "no /x/c.py"));
    ck_assert(!same("name 'a1' is not defined", "name 'a2' is not defined"));
    ck_assert(!same("no /a/b/c.py", "no /a/b/d.py"));
    ck_assert(fingerprint_of(STR("a"), STR("x")) != fingerprint_of(STR("b"), STR("x")));
}
END_TEST

START_TEST(a_fingerprint_is_for_ever)
{
    ck_assert_uint_eq(fingerprint_of(STR("runtime_error"), STR("x 1")),
                      fingerprint_of(STR("runtime_error"), STR("x #")));
    ck_assert_uint_eq(fingerprint_of(STR(""), STR("")), 0xaf63c74c8601c8ddu);
}
END_TEST

static void add(struct arena *arena, struct story *story, int64_t at, const char *stage, const char *message,
                uint32_t echo)
{
    struct mishap *mishap = VEC_PUSH(arena, &story->mishaps, struct mishap);
    *mishap = (struct mishap){.stage = str_of(stage),
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
    struct vec groups = errors_group(arena, &story);
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

UNIT_TESTS("group: errors", numbers_addresses_and_folders_make_no_difference, a_fingerprint_is_for_ever,
           one_entry_per_stage_and_category_with_its_variants)
