/* From what a crash recorded to its stack trace. */
#include "unit.h"

#include "processes/crashes.h"

#include <signal.h>

struct scene {
    struct arena *arena;
    struct tree tree;
};

static struct scene begin(unsigned nodes)
{
    struct scene s = {.arena = arena_new()};
    s.tree.arena = s.arena;
    for (unsigned i = 0; i < nodes; i++)
        *VEC_PUSH(s.arena, &s.tree.nodes, struct node) = (struct node){.parent = i ? i - 1 : NONE};
    return s;
}

static void happens(struct scene *s, int64_t at_ns, uint32_t node, struct fact fact)
{
    struct fact *kept = arena_copy(s->arena, &fact, sizeof fact);
    kept->tid = fact.tid ? fact.tid : 7;
    *VEC_PUSH(s->arena, &s->tree.occurrences, struct occurrence) =
        (struct occurrence){at_ns, node, NONE, kept};
}

static void crashes(struct scene *s, int64_t at_ns, uint32_t node, int signal, bool handled)
{
    happens(s, at_ns, node,
            (struct fact){.kind = FACT_CRASH, .crash = {(uint64_t)signal, 1, 0x10, handled, 0, 0}});
}

START_TEST(a_stack_belongs_to_the_crash_of_its_thread)
{
    struct scene s = begin(2);
    tree_node(&s.tree, 0)->signal = SIGSEGV;
    crashes(&s, 1, 0, SIGSEGV, false);
    happens(&s, 2, 1, (struct fact){.kind = FACT_STACK, .process_stack.frames = STR("1 1 - /other\n")});
    happens(&s, 3, 0,
            (struct fact){.kind = FACT_STACK, .tid = 8, .process_stack.frames = STR("1 1 - /other\n")});
    happens(&s, 4, 0,
            (struct fact){
                .kind = FACT_STACK,
                .process_stack = {.frames = STR("7f00 12 ab34 /lib/with space.so\n55 54 - \nbad line\n"),
                                  .python = STR("File \"a.py\", line 3, in f\n"),
                                  .how = 1,
                                  .cut = 1}});
    crashes_find(&s.tree);
    const struct crash *crash = crashes_of_node(&s.tree, 0);
    ck_assert_ptr_nonnull(crash);
    ck_assert_ptr_null(crashes_of_node(&s.tree, 1));
    ck_assert_ptr_eq(crashes_below(&s.tree, 0), crash);
    ck_assert_uint_eq(crash->frames.count, 2);
    ck_str_is(crashes_text(s.arena, crash), "Signal 11 (SIGSEGV), address 0x10\n"
                                            "Python frames, innermost first:\n"
                                            "  File \"a.py\", line 3, in f\n"
                                            "Native frames, innermost first:\n"
                                            "#0 0x0000000000007f00 (/lib/with space.so+0x12)\n"
                                            "#1 0x0000000000000055 (no module)\n"
                                            "(more frames were not recorded)");
    arena_free(s.arena);
}
END_TEST

START_TEST(names_and_lines_are_told_where_they_are_known)
{
    struct arena *arena = arena_new();
    struct crash crash = {.signal = SIGABRT};
    *VEC_PUSH(arena, &crash.frames, struct frame) = (struct frame){
        .address = 1, .module = STR("/bin/x"), .function = STR("f"), .file = STR("/src/x.c"), .line = 12};
    *VEC_PUSH(arena, &crash.frames, struct frame) =
        (struct frame){.address = 2, .module = STR("/bin/x"), .function = STR("main")};
    ck_str_is(crashes_text(arena, &crash), "Signal 6 (SIGABRT)\n"
                                           "Native frames, innermost first:\n"
                                           "#0 0x0000000000000001 f (/bin/x) at /src/x.c:12\n"
                                           "#1 0x0000000000000002 main (/bin/x)");
    arena_free(arena);
}
END_TEST

START_TEST(a_handled_signal_is_an_end_only_where_the_handler_ended_it)
{
    struct scene s = begin(3);
    crashes(&s, 1, 0, SIGSEGV, true);
    crashes(&s, 2, 1, SIGSEGV, true);
    happens(&s, 3, 1, (struct fact){.kind = FACT_CRASH_EXIT, .crash_exit.signal = SIGSEGV});
    crashes(&s, 4, 2, SIGFPE, true);
    happens(&s, 5, 2, (struct fact){.kind = FACT_CRASH_EXIT, .crash_exit.signal = SIGSEGV});
    crashes_find(&s.tree);
    ck_assert_ptr_null(crashes_of_node(&s.tree, 0));
    ck_assert_ptr_nonnull(crashes_of_node(&s.tree, 1));
    ck_assert_ptr_null(crashes_of_node(&s.tree, 2));
    ck_assert_ptr_eq(crashes_below(&s.tree, 0), crashes_of_node(&s.tree, 1));
    arena_free(s.arena);
}
END_TEST

START_TEST(a_fatal_signal_that_was_survived_is_no_end)
{
    struct scene s = begin(1);
    crashes(&s, 1, 0, SIGSEGV, false);
    tree_node(&s.tree, 0)->signal = SIGTERM;
    crashes_find(&s.tree);
    ck_assert_ptr_null(crashes_of_node(&s.tree, 0));
    arena_free(s.arena);
}
END_TEST

UNIT_TESTS("processes: crashes", a_stack_belongs_to_the_crash_of_its_thread,
           names_and_lines_are_told_where_they_are_known,
           a_handled_signal_is_an_end_only_where_the_handler_ended_it,
           a_fatal_signal_that_was_survived_is_no_end)
