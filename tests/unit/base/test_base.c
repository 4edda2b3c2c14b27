/* The containers and the error. */
#include "unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"

START_TEST(arena_gives_zeros_and_keeps_what_is_resized)
{
    struct arena *arena = arena_new();
    size_t sizes[] = {1, 100, 5000, 40000, 300000, 90};
    char *block = NULL;
    size_t old = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        block = arena_resize(arena, block, old, sizes[i]);
        for (size_t j = old; j < sizes[i]; j++)
            ck_assert_int_eq(block[j], 0);
        for (size_t j = 0; j < old && j < sizes[i]; j++)
            ck_assert_int_eq(block[j], 7);
        memset(block, 7, sizes[i]);
        old = sizes[i];
    }
    arena_free(arena);
}
END_TEST

START_TEST(a_growing_vec_does_not_leave_its_old_items_behind)
{
    struct arena *arena = arena_new();
    struct vec vec = {0};
    for (uint64_t i = 0; i < 1000000; i++)
        *VEC_PUSH(arena, &vec, uint64_t) = i;
    ck_assert_uint_le(arena_bytes(arena), vec.capacity * sizeof(uint64_t) + 100000);
    ck_assert_uint_eq(*VEC_AT(&vec, uint64_t, 999999), 999999);
    arena_free(arena);
}
END_TEST

static int u32_order(const void *a, const void *b)
{
    return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b);
}

START_TEST(vec_lower_and_insert_keep_an_array_sorted)
{
    struct arena *arena = arena_new();
    struct vec vec = {0};
    uint64_t seed = 1;
    for (int i = 0; i < 1000; i++) {
        uint32_t value = (uint32_t)unit_random(&seed) % 500;
        size_t at = vec_lower(&vec, sizeof value, &value, u32_order);
        *(uint32_t *)vec_insert(arena, &vec, sizeof value, at) = value;
    }
    ck_assert_uint_eq(vec.count, 1000);
    for (size_t i = 1; i < vec.count; i++)
        ck_assert_uint_le(*VEC_AT(&vec, uint32_t, i - 1), *VEC_AT(&vec, uint32_t, i));
    arena_free(arena);
}
END_TEST

START_TEST(an_empty_vec_is_walked_without_a_step)
{
    struct vec vec = {0};
    VEC_EACH (int, i, &vec)
        ck_abort_msg("a step over %d", *i);
}
END_TEST

START_TEST(intern_gives_each_string_one_id_and_finds_it_again)
{
    struct arena *arena = arena_new();
    struct intern intern = {0};
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++)
            ck_assert_uint_eq(intern_add(arena, &intern, str_format(arena, "name %u", i)), i);
    ck_str_is(intern_str(&intern, 4999), "name 4999");
    ck_assert_uint_eq(intern_find(&intern, STR("name")), MAP_END);
    arena_free(arena);
}
END_TEST

START_TEST(map_keeps_several_values_under_one_hash)
{
    struct arena *arena = arena_new();
    struct map map = {0};
    for (uint32_t i = 0; i < 100; i++)
        map_add(arena, &map, 42, i);
    bool seen[100] = {false};
    MAP_EACH (i, &map, 42)
        seen[i] = true;
    for (int i = 0; i < 100; i++)
        ck_assert(seen[i]);
    MAP_EACH (i, &map, 43)
        ck_abort_msg("nothing is stored under 43, but %u", i);
    arena_free(arena);
}
END_TEST

START_TEST(str_cuts_paths_and_lines)
{
    struct str rest = STR("a//b"), part;
    ck_str_is(str_basename(STR("/x/y.c")), "y.c");
    ck_str_is(str_dirname(STR("/x/y.c")), "/x");
    ck_str_is(str_dirname(STR("y.c")), "");
    ck_str_is(str_trim(STR(" \t x y\r\n")), "x y");
    ck_assert(str_next(&rest, '/', &part));
    ck_str_is(part, "a");
    ck_assert(str_next(&rest, '/', &part));
    ck_str_is(part, "");
    ck_assert(str_next(&rest, '/', &part));
    ck_str_is(part, "b");
    ck_assert(!str_next(&rest, '/', &part));
    ck_assert_int_eq(str_find(STR("hello"), STR("lo")), 3);
    ck_assert_int_eq(str_find(STR("hello"), STR("x")), -1);
    ck_assert(str_starts(STR("hello"), STR("he")) && str_ends(STR("hello"), STR("lo")));
    ck_assert(!str_starts(STR("h"), STR("he")) && !str_ends(STR("o"), STR("lo")));
}
END_TEST

START_TEST(a_prefix_comes_first)
{
    ck_assert_int_lt(str_compare(STR("ab"), STR("abc")), 0);
    ck_assert_int_gt(str_compare(STR("b"), STR("abc")), 0);
    ck_assert_int_eq(str_compare(STR(""), (struct str){NULL, 0}), 0);
}
END_TEST

START_TEST(the_first_error_wins)
{
    struct err err = {0};
    ck_assert_int_eq(err_set(&err, ERR_INPUT, "first %d", 1), -ERR_INPUT);
    ck_assert_int_eq(err_set(&err, ERR_USAGE, "second"), -ERR_USAGE);
    ck_assert_str_eq(err.text, "first 1");
    ck_assert_int_eq(err.code, ERR_INPUT);
}
END_TEST

UNIT_TESTS("base", arena_gives_zeros_and_keeps_what_is_resized,
           a_growing_vec_does_not_leave_its_old_items_behind, vec_lower_and_insert_keep_an_array_sorted,
           an_empty_vec_is_walked_without_a_step, intern_gives_each_string_one_id_and_finds_it_again,
           map_keeps_several_values_under_one_hash, str_cuts_paths_and_lines, a_prefix_comes_first,
           the_first_error_wins)
