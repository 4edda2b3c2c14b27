/* What work cost, taken from the processes that did it. */
#include "unit.h"

#include "resources/resource_usage.h"
#include "resources/temp_files.h"

#include <fcntl.h>

struct setting {
    struct arena *arena;
    struct tree tree;
    struct story story;
    struct video_context context;
};

static struct setting *begin(void)
{
    struct arena *arena = arena_new();
    struct setting *s = ARENA_NEW(arena, struct setting);
    s->arena = s->tree.arena = arena;
    s->tree.facts = facts_new();
    s->context = (struct video_context){.tree = &s->tree, .arena = arena, .story = &s->story};
    *VEC_PUSH(arena, &s->tree.videos, struct video) = (struct video){.name = STR("one")};
    return s;
}

static void end(struct setting *s)
{
    facts_free((struct facts *)(uintptr_t)s->tree.facts);
    arena_free(s->arena);
}

/* A process of a second, below the one before it. */
static void add_node(struct setting *s, int64_t cpu_us, uint64_t peak_kb)
{
    uint32_t index = (uint32_t)s->tree.nodes.count;
    *VEC_PUSH(s->arena, &s->tree.nodes, struct node) = (struct node){.fact = NONE,
                                                                     .parent = index ? index - 1 : NONE,
                                                                     .first_child = NONE,
                                                                     .next_sibling = NONE,
                                                                     .end_ns = 1000000000,
                                                                     .ended = true,
                                                                     .cpu_us = cpu_us,
                                                                     .peak_kb = peak_kb};
    if (index)
        tree_node(&s->tree, index - 1)->first_child = index;
}

START_TEST(processes_count_with_all_below_them_and_once)
{
    struct setting *s = begin();
    add_node(s, 200000, 1000);
    add_node(s, 300000, 5000);
    struct vec tops = {0};
    *VEC_PUSH(s->arena, &tops, uint32_t) = 0;
    *VEC_PUSH(s->arena, &tops, uint32_t) = 0;
    struct resource_usage usage = resource_usage_none();
    resource_usage_add_processes(&s->context, &tops, &usage);
    ck_assert_int_eq(usage.cpu_us, 500000);
    ck_assert_int_eq(usage.memory_peak_kb, 5000);
    ck_assert_int_eq(usage.cpu_peak_permille, 300);
    ck_assert(!usage.io_known);
    end(s);
}
END_TEST

START_TEST(what_nobody_knows_stays_unknown)
{
    struct setting *s = begin();
    add_node(s, -1, 0);
    struct vec tops = {0};
    *VEC_PUSH(s->arena, &tops, uint32_t) = 0;
    struct resource_usage usage = resource_usage_none(), whole = resource_usage_none();
    resource_usage_add_processes(&s->context, &tops, &usage);
    resource_usage_join(&whole, &usage);
    ck_assert_int_eq(whole.cpu_us, -1);
    ck_assert_int_eq(whole.memory_peak_kb, -1);
    usage.cpu_us = 5;
    resource_usage_join(&whole, &usage);
    ck_assert_int_eq(whole.cpu_us, 5);
    end(s);
}
END_TEST

START_TEST(of_several_parts_the_first_reading_is_the_start_and_the_last_the_end)
{
    struct resource_usage whole = resource_usage_none(), early = resource_usage_none(),
                          late = resource_usage_none();
    early.memory_start_kb = early.memory_end_kb = 10;
    early.memory_start_ns = early.memory_end_ns = 1;
    late.memory_start_kb = late.memory_end_kb = 20;
    late.memory_start_ns = late.memory_end_ns = 2;
    resource_usage_join(&whole, &late);
    resource_usage_join(&whole, &early);
    ck_assert_int_eq(whole.memory_start_kb, 10);
    ck_assert_int_eq(whole.memory_end_kb, 20);
}
END_TEST

static void happens(struct setting *s, int64_t at_ns, struct fact fact)
{
    *VEC_PUSH(s->arena, &s->tree.occurrences, struct occurrence) =
        (struct occurrence){at_ns, 0, 0, arena_copy(s->arena, &fact, sizeof fact)};
}

START_TEST(a_temporary_file_is_cleaned_by_its_own_removal_or_that_of_a_folder_above)
{
    struct setting *s = begin();
    happens(s, 1,
            (struct fact){.kind = FACT_REMOVE, .removal.path = STR("/tmp/left")}); /* before it was made */
    happens(s, 2, (struct fact){.kind = FACT_CREATE_TEMP, .temp_file = {STR("/tmp/own"), O_CREAT}});
    happens(s, 3, (struct fact){.kind = FACT_CREATE_TEMP, .temp_file = {STR("/tmp/d/below"), O_CREAT}});
    happens(s, 4, (struct fact){.kind = FACT_CREATE_TEMP, .temp_file = {STR("/tmp/left"), O_CREAT}});
    happens(s, 5, (struct fact){.kind = FACT_CREATE_TEMP, .temp_file = {STR("/tmp"), O_TMPFILE}});
    happens(s, 6, (struct fact){.kind = FACT_REMOVE, .removal.path = STR("/tmp/own")});
    happens(s, 7, (struct fact){.kind = FACT_REMOVE, .removal = {STR("/tmp/d"), 0, 1}});
    happens(s, 8, (struct fact){.kind = FACT_REMOVE, .removal = {STR("/tmp/left"), 13, 0}}); /* failed */
    struct map removals = temp_files_removals(&s->tree);
    struct vec *made = temp_files_made(&s->tree);
    s->context.removals = &removals;
    s->context.temps = &made[0];
    struct resource_usage usage = resource_usage_none();
    temp_files_count(&s->context, INT64_MIN, INT64_MAX, &usage);
    ck_assert_uint_eq(usage.temp_created, 4);
    ck_assert_uint_eq(usage.temp_cleaned, 3);
    ck_assert_uint_eq(usage.temp_left.count, 1);
    ck_str_is(*VEC_AT(&usage.temp_left, struct str, 0), "/tmp/left");
    usage = resource_usage_none();
    temp_files_count(&s->context, 4, 5, &usage);
    ck_assert_uint_eq(usage.temp_created, 1);
    end(s);
}
END_TEST

UNIT_TESTS("resources", processes_count_with_all_below_them_and_once, what_nobody_knows_stays_unknown,
           of_several_parts_the_first_reading_is_the_start_and_the_last_the_end,
           a_temporary_file_is_cleaned_by_its_own_removal_or_that_of_a_folder_above)
