/* Processes known from inside, from outside and from both. */
#include "facts_text.h"
#include "spool_writer.h"
#include "unit.h"

#include "processes/join_processes.h"
#include "processes/renames.h"

#include <signal.h>

#define EXITED(status) ((uint64_t)(status) << 8)
#define MILLION        1000000u

struct joined {
    struct facts *facts;
    struct processes all;
};

static struct joined join(struct writer *w)
{
    struct joined j = {.facts = facts_of_file(writer_save(w, unit_folder(), "_run"))};
    writer_free(w);
    j.all = join_processes(j.facts->arena, j.facts);
    return j;
}

/* The nth process of that pid, by its beginning. */
static const struct process *find(const struct joined *j, uint32_t pid, unsigned nth)
{
    VEC_EACH (struct process, proc, &j->all.list)
        if (proc->pid == pid && nth-- == 0)
            return proc;
    ck_abort_msg("no process %u", pid);
}

static void parent(struct writer *w)
{
    writer_begin(w, (struct vl_chunk){.pid = 1, .process_start = MILLION, .ticks = MILLION});
    WRITE(w, process_start, 1, 0, .exe = STR("/bin/sh"), .argv = STR("sh\0-c\0x\0"), .argv_bytes = 8);
}

static void child(struct writer *w, unsigned pid, uint64_t start, bool told)
{
    writer_begin(w, (struct vl_chunk){.pid = pid,
                                      .process_start = start,
                                      .ppid = 1,
                                      .ticks = start,
                                      .parent_start = told ? MILLION : 0});
    WRITE(w, process_start, 1, 0, .how = VL_START_FORK, .image = 0);
    WRITE(w, process_exec, 1, 0, .path = STR("/bin/ls"), .argv = STR("ls\0"), .argv_bytes = 3);
    WRITE(w, process_start, 100, 0, .image = 1, .exe = STR("/bin/ls"), .argv = STR("ls\0"), .argv_bytes = 3);
}

START_TEST(a_process_known_from_both_sides_is_one_row)
{
    struct writer w = {0};
    parent(&w);
    WRITE(&w, process_spawn, 2 * MILLION, 10, .how = VL_START_FORK, .child = 50);
    WRITE(&w, process_reap, 2 * MILLION, 10, .child = 50, .wait_status = EXITED(3), .user_us = 7,
          .system_us = 8, .maxrss_kb = 900);
    child(&w, 50, 3 * MILLION, false);
    WRITE(&w, process_exit, 1000, 0, .status = 3);
    struct joined j = join(&w);
    const struct process *p = find(&j, 50, 0);
    ck_assert_uint_eq(j.all.list.count, 2);
    ck_assert_uint_eq(p->parent, j.all.of_row[0]);
    ck_assert_uint_eq(p->ppid, 1);
    ck_assert_int_eq(p->exit_status, 3);
    ck_assert_int_eq(p->end_known, END_REAPED);
    ck_assert(p->instrumented && p->cpu_known);
    ck_assert_uint_eq(p->user_us, 7);
    ck_str_is(process_last_image(p)->exe, "/bin/ls");
    ck_assert_uint_eq(p->end_ticks, 3 * MILLION + 1102);
    facts_free(j.facts);
}
END_TEST

START_TEST(a_spawn_that_is_told_late_is_the_childs_all_the_same)
{
    struct writer w = {0};
    parent(&w);
    WRITE(&w, process_spawn, 4 * MILLION, 10, .how = VL_START_VFORK, .child = 50);
    WRITE(&w, process_reap, 2 * MILLION, 10, .child = 50, .wait_status = EXITED(3));
    child(&w, 50, 3 * MILLION, true);
    struct joined j = join(&w);
    ck_assert_uint_eq(j.all.list.count, 2);
    ck_assert_int_eq(find(&j, 50, 0)->exit_status, 3);
    ck_assert_ptr_nonnull(find(&j, 50, 0)->spawn);
    facts_free(j.facts);
}
END_TEST

START_TEST(a_process_that_was_not_entered_has_its_parents_word)
{
    struct writer w = {0};
    parent(&w);
    WRITE(&w, process_spawn, 100, 10, .how = VL_START_POSIX_SPAWN, .child = 60, .path = STR("/static"),
          .argv = STR("static\0-x\0"), .argv_bytes = 10);
    WRITE(&w, process_reap, 1000, 10, .child = 60, .wait_status = SIGSEGV | 0x80, .maxrss_kb = 12);
    struct joined j = join(&w);
    const struct process *p = find(&j, 60, 0);
    ck_assert_uint_eq(p->row, NONE);
    ck_assert(!p->instrumented);
    ck_assert_int_eq(p->signal, SIGSEGV);
    ck_assert(p->core);
    ck_assert_uint_eq(p->max_rss_kb, 12);
    ck_assert_uint_eq(p->begin_ticks, MILLION + 91);
    ck_str_is(process_last_image(p)->exe, "/static");
    facts_free(j.facts);
}
END_TEST

START_TEST(an_exec_into_what_cannot_be_entered_ends_the_view_from_inside)
{
    struct writer w = {0};
    parent(&w);
    writer_begin(&w, (struct vl_chunk){.pid = 70, .process_start = 5 * MILLION, .ticks = 5 * MILLION});
    WRITE(&w, process_start, 1, 0, .how = VL_START_FORK);
    WRITE(&w, process_exec, 1, 0, .path = STR("/missing"), .argv = STR("m\0"));
    WRITE(&w, exec_fail, 1, 0, .error = 2);
    WRITE(&w, process_exec, 1, 0, .path = STR("/static"), .argv = STR("s\0"));
    struct joined j = join(&w);
    const struct process *p = find(&j, 70, 0);
    ck_assert(!p->instrumented);
    ck_assert_uint_eq(p->images.count, 2);
    ck_str_is(process_last_image(p)->exe, "/static");
    ck_assert(find(&j, 1, 0)->instrumented);
    facts_free(j.facts);
}
END_TEST

START_TEST(a_pid_used_again_is_another_process)
{
    struct writer w = {0};
    parent(&w);
    for (int i = 0; i < 3; i++) {
        WRITE(&w, process_spawn, MILLION, 10, .how = VL_START_FORK, .child = 50);
        WRITE(&w, process_reap, MILLION, 10, .child = 50, .wait_status = EXITED(i));
    }
    child(&w, 50, 2 * MILLION + 10, true);
    child(&w, 50, 6 * MILLION + 10, true);
    struct joined j = join(&w);
    ck_assert_uint_eq(j.all.list.count, 4);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(find(&j, 50, i)->exit_status, (int)i);
    ck_assert(find(&j, 50, 0)->instrumented && !find(&j, 50, 1)->instrumented &&
              find(&j, 50, 2)->instrumented);
    facts_free(j.facts);
}
END_TEST

START_TEST(a_forked_child_has_the_words_that_its_parent_had_then)
{
    struct writer w = {0};
    parent(&w);
    WRITE(&w, process_start, 9 * MILLION, 0, .image = 1, .exe = STR("/bin/later"), .argv = STR("later\0"));
    writer_begin(
        &w, (struct vl_chunk){.pid = 2, .process_start = 2 * MILLION, .ppid = 1, .parent_start = MILLION});
    WRITE(&w, process_start, 1, 0, .how = VL_START_FORK);
    struct joined j = join(&w);
    ck_str_is(process_last_image(find(&j, 2, 0))->exe, "/bin/sh");
    ck_assert(find(&j, 2, 0)->instrumented);
    facts_free(j.facts);
}
END_TEST

START_TEST(who_killed_it_is_known_when_the_signal_fits)
{
    struct writer w = {0};
    parent(&w);
    for (unsigned pid = 80; pid < 82; pid++)
        WRITE(&w, process_spawn, MILLION, 10, .how = VL_START_FORK, .child = pid);
    WRITE(&w, process_kill, MILLION, 1, .target = 80, .signal = SIGKILL);
    WRITE(&w, process_kill, 5, 1, .target = 81, .signal = SIGTERM);
    for (unsigned pid = 80; pid < 82; pid++)
        WRITE(&w, process_reap, 10, 1, .child = pid, .wait_status = SIGKILL);
    struct joined j = join(&w);
    ck_assert_uint_eq(find(&j, 80, 0)->killed_by, j.all.of_row[0]);
    ck_assert_uint_eq(find(&j, 81, 0)->killed_by, NONE);
    facts_free(j.facts);
}
END_TEST

START_TEST(stops_are_no_ends)
{
    struct writer w = {0};
    parent(&w);
    WRITE(&w, process_spawn, MILLION, 10, .how = VL_START_FORK, .child = 80);
    WRITE(&w, process_reap, 10, 1, .child = 80, .wait_status = 0x137f);
    struct joined j = join(&w);
    ck_assert_int_eq(find(&j, 80, 0)->end_known, END_UNKNOWN);
    facts_free(j.facts);
}
END_TEST

/* A process of its own that reaped a child; what its parent's wait told and its samples. */
static const struct process *measured(struct joined *j, uint64_t told_kb, uint64_t start_kb, uint64_t peak_kb,
                                      uint64_t rss_kb)
{
    struct writer w = {0};
    parent(&w);
    WRITE(&w, process_spawn, MILLION, 10, .how = VL_START_POSIX_SPAWN, .child = 90);
    WRITE(&w, process_reap, MILLION, 10, .child = 90, .user_us = 1000, .system_us = 500,
          .maxrss_kb = told_kb);
    writer_begin(&w,
                 (struct vl_chunk){.pid = 90, .process_start = 2 * MILLION + 50, .ticks = 2 * MILLION + 50});
    WRITE(&w, process_start, 1, 0, .image = 0);
    WRITE(&w, process_sample, 1, 0, .maxrss_kb = start_kb);
    WRITE(&w, process_sample, 1, 0, .maxrss_kb = told_kb, .rss_kb = rss_kb, .peak_kb = peak_kb);
    WRITE(&w, process_reap, 1, 0, .child = 91, .user_us = 300, .system_us = 100, .maxrss_kb = 70);
    *j = join(&w);
    return find(j, 90, 0);
}

START_TEST(a_peak_inherited_over_exec_is_not_the_processs_own)
{
    static const struct {
        uint64_t told, start, peak, rss, expected;
    } rows[] = {
        {500, 400, 0, 0, 500},  /* rose above its start: its own */
        {400, 400, 90, 80, 90}, /* did not: VmHWM */
        {400, 400, 0, 80, 80},  /* no VmHWM: what was resident */
        {400, 400, 0, 0, 0},    /* may be the parent's: not known */
        {70, 60, 40, 30, 40},   /* no more than a child of its own */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct joined j;
        const struct process *p = measured(&j, rows[i].told, rows[i].start, rows[i].peak, rows[i].rss);
        ck_assert_msg(p->max_rss_kb == rows[i].expected, "row %zu: %lu", i, (unsigned long)p->max_rss_kb);
        facts_free(j.facts);
    }
}
END_TEST

START_TEST(what_reaped_children_used_is_not_counted_twice)
{
    struct joined j;
    const struct process *p = measured(&j, 1, 1, 1, 1);
    ck_assert_uint_eq(p->user_us, 700);
    ck_assert_uint_eq(p->system_us, 400);
    ck_assert_uint_eq(find(&j, 91, 0)->user_us, 300);
    facts_free(j.facts);
}
END_TEST

START_TEST(a_rename_moves_a_file_and_what_lies_in_a_folder)
{
    struct writer w = {0};
    writer_begin(&w, (struct vl_chunk){.ticks = 1000});
    WRITE(&w, file_rename, 10, 0, .from = STR("/d"), .to = STR("/e"));
    WRITE(&w, file_rename, 10, 0, .from = STR("/f"), .to = STR("/g"), .error = 2);
    WRITE(&w, file_rename, 10, 0, .from = STR("/h"), .to = STR("/i"));
    WRITE(&w, file_rename, 10, 0, .from = STR("/h"), .to = STR("/k"));
    struct joined j = join(&w);
    struct arena *arena = j.facts->arena;
    struct renames renames = renames_index(arena, j.facts);
    ck_str_is(renames_of(&renames, arena, 0, 0, STR("/d/x/y")), "/e/x/y");
    ck_str_is(renames_of(&renames, arena, 0, 0, STR("/dx")), "");
    ck_str_is(renames_of(&renames, arena, 0, 0, STR("/f")), "");
    ck_str_is(renames_of(&renames, arena, 0, 0, STR("/h")), "/k");
    ck_str_is(renames_of(&renames, arena, 0, 2000, STR("/d")), "");
    ck_str_is(renames_of(&renames, arena, 1, 0, STR("/d")), "");
    facts_free(j.facts);
}
END_TEST

UNIT_TESTS("processes: process", a_process_known_from_both_sides_is_one_row,
           a_spawn_that_is_told_late_is_the_childs_all_the_same,
           a_process_that_was_not_entered_has_its_parents_word,
           an_exec_into_what_cannot_be_entered_ends_the_view_from_inside, a_pid_used_again_is_another_process,
           a_forked_child_has_the_words_that_its_parent_had_then, who_killed_it_is_known_when_the_signal_fits,
           stops_are_no_ends, a_peak_inherited_over_exec_is_not_the_processs_own,
           what_reaped_children_used_is_not_counted_twice, a_rename_moves_a_file_and_what_lies_in_a_folder)
