/* Waiting for children: what only the parent is told of an end. */
#include "emit.h"
#include "hook.h"
#include "user_memory.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/wait.h>

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
    if (child > 0 && user_copy(&own_status, status, sizeof own_status) == sizeof own_status &&
        user_copy(&own, usage, sizeof own) == sizeof own)
        reaped(child, own_status, &own, start);
    return child;
}

#define WAIT_ROW(name)                                                                                       \
    HOOK(pid_t, name, (int *status))                                                                         \
    {                                                                                                        \
        return shim_on() ? wait_and_record(-1, status, 0, NULL) : REAL(name)(status);                        \
    }

#define WAITPID_ROW(name)                                                                                    \
    HOOK(pid_t, name, (pid_t pid, int *status, int options))                                                 \
    {                                                                                                        \
        return shim_on() ? wait_and_record(pid, status, options, NULL) : REAL(name)(pid, status, options);   \
    }

WAIT_ROW(wait)
WAIT_ROW(__wait)
WAITPID_ROW(waitpid)
WAITPID_ROW(__waitpid)

HOOK(pid_t, wait3, (int *status, int options, struct rusage *usage))
{
    return shim_on() ? wait_and_record(-1, status, options, usage) : REAL(wait3)(status, options, usage);
}

HOOK_ONLY(pid_t, wait4, (pid_t pid, int *status, int options, struct rusage *usage))
{
    return shim_on() ? wait_and_record(pid, status, options, usage)
                     : REAL(wait4)(pid, status, options, usage);
}

/* ---- waitid ---- */

static int status_of(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return W_EXITCODE(info->si_status, 0);
    return info->si_status | (info->si_code == CLD_DUMPED ? WCOREFLAG : 0);
}

static bool is_end(const siginfo_t *info)
{
    return info->si_code == CLD_EXITED || info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED;
}

/* What the kernel stores of it; the rest may be no memory. */
#define STORED (offsetof(siginfo_t, si_status) + sizeof(int))

static siginfo_t stored_in(const siginfo_t *info)
{
    siginfo_t copy = {0};
    user_copy(&copy, info, STORED);
    return copy;
}

/* The system call tells the resources that libc's function does not. So the function looks, and waits if it
 * must, and the call then takes the child that was found. */
enum taking { TAKEN, TAKEN_BY_ANOTHER, TAKEN_BY_NONE };

static enum taking take_found(pid_t child, siginfo_t *info, int options, uint64_t start)
{
    struct rusage usage = {0};
    long result = raw(SYS_waitid, P_PID, child, info, options | WNOHANG, &usage);
    if (result != 0 && result != -ECHILD)
        return TAKEN_BY_NONE;
    const siginfo_t taken = stored_in(info);
    if (result != 0 || taken.si_pid == 0)
        return TAKEN_BY_ANOTHER;
    if (is_end(&taken))
        reaped(taken.si_pid, status_of(&taken), &usage, start);
    return TAKEN;
}

HOOK(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int options))
{
    siginfo_t own;
    siginfo_t *found = info ? info : &own;
    enum taking how = TAKEN_BY_ANOTHER;
    if (!shim_on() || (options & WNOWAIT) || !(options & WEXITED))
        return REAL(waitid)(type, id, info, options);
    uint64_t start = clock_ticks();
    while (!raw_forbidden() && how == TAKEN_BY_ANOTHER) {
        own.si_pid = 0;
        int result = REAL(waitid)(type, id, found, options | WNOWAIT);
        pid_t child = result == 0 ? stored_in(found).si_pid : 0;
        if (result != 0 && errno == EFAULT)
            break; /* the child is taken before the kernel finds out */
        if (result != 0 || child == 0)
            return result;
        how = take_found(child, found, options, start);
    }
    return how == TAKEN ? 0 : REAL(waitid)(type, id, info, options);
}
