#include "suites.h"

#include "crash/frames.h"
#include "crash/stack.h"
#include "hook.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) static void *return_address(void) { return __builtin_return_address(0); }

START_TEST(a_frame_is_written_with_its_module)
{
    struct crash_job job = {.frame_count = 2};
    char text[8192], path[4096] = "";
    job.frames[0] = (struct crash_frame){(uint64_t)(uintptr_t)return_address(), 0};
    job.frames[1] = (struct crash_frame){16, 1};
    text[crash_frames_write(&job, text, sizeof text - 1)] = '\0';
    ck_assert_int_gt(readlink("/proc/self/exe", path, sizeof path - 1), 0);
    char *first = strtok(text, "\n"), *second = strtok(NULL, "\n");
    ck_assert_msg(strstr(first, path) != NULL, "%s", first);
    ck_assert_uint_eq(strtoull(first, NULL, 16), job.frames[0].ip);
    uint64_t offset = strtoull(strchr(first, ' '), NULL, 16);
    ck_assert_uint_eq(offset, job.frames[0].ip - 1 - hook_first_link_map()->l_addr);
    ck_assert_str_eq(second, "10 10 - ");
}
END_TEST

START_TEST(only_whole_lines_are_written)
{
    struct crash_job job = {.frame_count = 3};
    char text[8192];
    for (int i = 0; i < 3; i++)
        job.frames[i] = (struct crash_frame){(uint64_t)(uintptr_t)hook_find("read"), 1};
    size_t all = crash_frames_write(&job, text, sizeof text);
    ck_assert_uint_eq(crash_frames_write(&job, text, all - 1), all / 3 * 2);
    ck_assert_uint_eq(crash_frames_write(&job, text, 3), 0);
}
END_TEST

START_TEST(a_broken_chain_of_frames_ends_the_walk)
{
    uint64_t loop[2] = {(uint64_t)(uintptr_t)loop, (uint64_t)(uintptr_t)return_address()};
    static const uint64_t bad[] = {0, 1, 8, UINT64_MAX, UINT64_MAX - 7, 1ull << 47};
    for (size_t i = 0; i < sizeof bad / sizeof *bad + 1; i++) {
        struct crash_job job = {.frame_count = 0};
        job.registers[CRASH_IP] = (uint64_t)(uintptr_t)return_address();
        job.registers[CRASH_SP] = (uint64_t)(uintptr_t)loop;
        job.registers[CRASH_FP] = i < sizeof bad / sizeof *bad ? bad[i] : (uint64_t)(uintptr_t)loop;
        crash_frames_walk(&job);
        ck_assert_uint_ge(job.frame_count, 1);
        ck_assert_uint_le(job.frame_count, 2);
    }
}
END_TEST

static uintptr_t worked_at;
static void note_frame(void *argument)
{
    worked_at = (uintptr_t)__builtin_frame_address(0);
    *(int *)argument += 1;
}

START_TEST(work_runs_on_a_stack_of_its_own)
{
    int count = 0;
    stack_t before, stack;
    ck_assert_int_eq(sigaltstack(NULL, &before), 0);
    crash_stack_run(note_frame, &count);
    crash_stack_run(note_frame, &count);
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(sigaltstack(NULL, &stack), 0);
    ck_assert_int_eq(stack.ss_flags, before.ss_flags);
    ck_assert_ptr_eq(stack.ss_sp, before.ss_sp);
#if defined(__x86_64__)
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    ck_assert(worked_at < here - (1u << 20) || worked_at > here + (1u << 20));
#endif
}
END_TEST

#if defined(__x86_64__)
static void give_up(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    crash_stack_abandon(context);
}

static void do_fault(void *argument)
{
    __asm__ volatile("ud2");
    *(int *)argument += 1;
}

START_TEST(work_that_faults_is_given_up)
{
    int count = 0;
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = give_up;
    sigaction(SIGILL, &action, NULL);
    crash_stack_run(do_fault, &count);
    crash_stack_run(note_frame, &count);
    ck_assert_int_eq(count, 1);
}
END_TEST
#endif

Suite *suite_crash(void)
{
    Suite *s = suite_create("crash");
    TCase *t = tcase_create("frames and stack");
    tcase_add_test(t, a_frame_is_written_with_its_module);
    tcase_add_test(t, only_whole_lines_are_written);
    tcase_add_test(t, a_broken_chain_of_frames_ends_the_walk);
    tcase_add_test(t, work_runs_on_a_stack_of_its_own);
#if defined(__x86_64__)
    tcase_add_test(t, work_that_faults_is_given_up);
#endif
    suite_add_tcase(s, t);
    return s;
}
