/* Processes that begin without exec, and those that end, are waited for or signalled. */
#include "emit.h"
#include "ending.h"
#include "hook.h"
#include "lines.h"
#include "video.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- fork ---- */

static const struct args no_args;

static pid_t forked(pid_t pid, uint64_t start)
{
    int error = errno;
    if (pid == 0)
        threads_check_fork();
    else if (pid > 0)
        EMIT(process_spawn, VIDEO_CURRENT, clock_timing(start), VL_START_FORK, (uint64_t)pid, 0, span_of(""),
             no_args, 0);
    errno = error;
    return pid;
}

HOOK(pid_t, fork, (void))
{
    uint64_t start = clock_ticks();
    pid_t pid = REAL(fork)();
    return shim_on() ? forked(pid, start) : pid;
}

HOOK(pid_t, _Fork, (void))
{
    uint64_t start = clock_ticks();
    pid_t pid = REAL(_Fork)();
    return shim_on() ? forked(pid, start) : pid;
}

/* ---- vfork: the child runs on our thread, in our memory, and returns from here before we do ---- */

__attribute__((used, visibility("hidden"))) void vfork_child(void)
{
    struct thread *t = shim_on() ? thread_get() : NULL;
    if (t)
        thread_child_begins(t);
}

__attribute__((used, visibility("hidden"))) long vfork_parent(long pid)
{
    struct thread *t = shim_on() ? thread_self : NULL;
    if (t && pid > 0) {
        uint64_t start = t->child.pid == (uint32_t)pid ? t->child.start : clock_ticks();
        thread_child_ends(t);
        EMIT(process_spawn, VIDEO_CURRENT, clock_timing(start), VL_START_VFORK, (uint64_t)pid, 0, span_of(""),
             no_args, 0);
    }
    if (pid < 0) {
        errno = (int)-pid;
        return -1;
    }
    return pid;
}

#if defined(__x86_64__)
/* The return address must survive the child's return through the same stack slot: it waits in a register,
 * which the kernel keeps for either process, as in libc's own vfork. */
__asm__(".pushsection .text\n"
        ".globl vfork\n"
        ".type vfork, @function\n"
        "vfork:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "pop %rdi\n\t"
        ".cfi_adjust_cfa_offset -8\n\t"
        ".cfi_register %rip, %rdi\n\t"
        "mov $58, %eax\n\t" /* SYS_vfork */
        "syscall\n\t"
        "push %rdi\n\t"
        ".cfi_adjust_cfa_offset 8\n\t"
        ".cfi_rel_offset %rip, 0\n\t"
        "test %rax, %rax\n\t"
        "jz 1f\n\t"
        "sub $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset 8\n\t"
        "mov %rax, %rdi\n\t"
        "call vfork_parent\n\t"
        "add $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset -8\n\t"
        "ret\n"
        "1:\t"
        "sub $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset 8\n\t"
        "call vfork_child\n\t"
        "add $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset -8\n\t"
        "xor %eax, %eax\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size vfork, . - vfork\n"
        ".popsection\n");
#else
/* Elsewhere vfork is fork, as POSIX allows. */
HOOK(pid_t, vfork, (void)) { return hook_fork(); }
#endif

/* ---- exit ---- */

HOOK(void, _exit, (int status))
{
    if (shim_on())
        ending(VL_EXIT_IMMEDIATE, status);
    for (;;)
        REAL(_exit)(status);
}

HOOK(void, _Exit, (int status))
{
    if (shim_on())
        ending(VL_EXIT_IMMEDIATE, status);
    for (;;)
        REAL(_Exit)(status);
}

HOOK(void, quick_exit, (int status))
{
    if (shim_on())
        ending(VL_EXIT_QUICK, status);
    for (;;)
        REAL(quick_exit)(status);
}

/* ---- wait ---- */

static uint64_t microseconds(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

static void reaped(pid_t child, int status, const struct rusage *r, uint64_t start)
{
    int error = errno;
    if (child > 0 && (WIFEXITED(status) || WIFSIGNALED(status)))
        EMIT(process_reap, VIDEO_CURRENT, clock_timing(start), (uint64_t)child, (uint64_t)(unsigned)status,
             microseconds(r->ru_utime), microseconds(r->ru_stime), (uint64_t)r->ru_maxrss,
             (uint64_t)r->ru_inblock, (uint64_t)r->ru_oublock);
    errno = error;
}

CALLS(pid_t, wait4, (pid_t pid, int *status, int options, struct rusage *usage));

/* wait, waitpid and wait3 are wait4 with less to say. */
static pid_t wait_and_record(pid_t pid, int *status, int options, struct rusage *usage)
{
    struct rusage own = {0};
    int own_status = 0;
    if (!status)
        status = &own_status;
    if (!usage)
        usage = &own;
    uint64_t start = clock_ticks();
    pid_t child = REAL(wait4)(pid, status, options, usage);
    if (child > 0)
        reaped(child, *status, usage, start);
    return child;
}

HOOK(pid_t, wait, (int *status))
{
    return shim_on() ? wait_and_record(-1, status, 0, NULL) : REAL(wait)(status);
}

HOOK(pid_t, waitpid, (pid_t pid, int *status, int options))
{
    return shim_on() ? wait_and_record(pid, status, options, NULL) : REAL(waitpid)(pid, status, options);
}

HOOK(pid_t, wait3, (int *status, int options, struct rusage *usage))
{
    return shim_on() ? wait_and_record(-1, status, options, usage) : REAL(wait3)(status, options, usage);
}

HOOK_ONLY(pid_t, wait4, (pid_t pid, int *status, int options, struct rusage *usage))
{
    return shim_on() ? wait_and_record(pid, status, options, usage)
                     : REAL(wait4)(pid, status, options, usage);
}

static struct timeval time_between(struct timeval a, struct timeval b)
{
    uint64_t us = microseconds(b) - microseconds(a);
    return (struct timeval){(time_t)(us / 1000000), (suseconds_t)(us % 1000000)};
}

/* waitid tells no resources: the difference in those of all children is the child's, unless two threads reap
 * at the same time. Its peak memory stays unknown. */
HOOK(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int options))
{
    if (!shim_on() || !info || (options & WNOWAIT))
        return REAL(waitid)(type, id, info, options);
    struct rusage before = {0}, after = {0};
    raw(SYS_getrusage, RUSAGE_CHILDREN, &before);
    uint64_t start = clock_ticks();
    info->si_pid = 0;
    int result = REAL(waitid)(type, id, info, options);
    if (result != 0 || info->si_pid == 0)
        return result;
    raw(SYS_getrusage, RUSAGE_CHILDREN, &after);
    after.ru_utime = time_between(before.ru_utime, after.ru_utime);
    after.ru_stime = time_between(before.ru_stime, after.ru_stime);
    after.ru_inblock -= before.ru_inblock;
    after.ru_oublock -= before.ru_oublock;
    after.ru_maxrss = 0;
    int status = info->si_code == CLD_EXITED
                     ? W_EXITCODE(info->si_status, 0)
                     : info->si_status | (info->si_code == CLD_DUMPED ? WCOREFLAG : 0);
    if (info->si_code == CLD_EXITED || info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED)
        reaped(info->si_pid, status, &after, start);
    return result;
}

/* ---- signals sent ---- */

static void signalled(int result, int64_t target, int number, uint64_t start)
{
    int kept = errno;
    if (number != 0) /* 0 only asks whether it is there */
        EMIT(process_kill, VIDEO_CURRENT, clock_timing(start), target, (uint64_t)(unsigned)number,
             result == 0 ? 0 : kept);
    errno = kept;
}

HOOK(int, kill, (pid_t pid, int number))
{
    uint64_t start = clock_ticks();
    int result = REAL(kill)(pid, number);
    if (shim_on())
        signalled(result, pid, number, start);
    return result;
}

HOOK(int, killpg, (pid_t group, int number))
{
    uint64_t start = clock_ticks();
    int result = REAL(killpg)(group, number);
    if (shim_on())
        signalled(result, -(int64_t)group, number, start);
    return result;
}
