/* Signals that are sent: who killed whom. */
#include "apart.h"
#include "emit.h"
#include "fatal.h"
#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* 0 only asks whether it is there; numbers beyond the last signal are none. */
static bool is_signal(int number) { return number > 0 && number < NSIG; }

static void tell(int64_t target, int number, int error, bool fatal, uint64_t start)
{
    int kept = errno;
    if (is_signal(number))
        EMIT(process_kill, VIDEO_CURRENT, clock_timing(start), target, (uint64_t)(unsigned)number, error,
             fatal);
    errno = kept;
}

/* Whether a target as kill() takes it may be the sender, who then tells before it is too late. */
static bool reaches_self(int64_t target)
{
    return target == (int64_t)thread_identity().pid || target == 0 || target == -1 ||
           target == -(int64_t)raw(SYS_getpgid, 0);
}

/* `send` is the call. */
#define SEND(to, number, send)                                                                               \
    ({                                                                                                       \
        int64_t send_to = (to);                                                                              \
        bool send_before = shim_on() && is_signal(number) && reaches_self(send_to);                          \
        uint64_t send_start = clock_ticks();                                                                 \
        if (send_before)                                                                                     \
            tell(send_to, (number), 0, send_to != -1 && fatal_is(number), send_start);                       \
        int send_result = (send);                                                                            \
        if (shim_on() && !send_before)                                                                       \
            tell(send_to, (number), send_result == 0 ? 0 : errno, false, send_start);                        \
        send_result;                                                                                         \
    })

HOOK(int, kill, (pid_t pid, int number)) { return SEND(pid, number, REAL(kill)(pid, number)); }

HOOK(int, killpg, (pid_t group, int number))
{
    return SEND(-(int64_t)group, number, REAL(killpg)(group, number));
}

HOOK(int, sigqueue, (pid_t pid, int number, const union sigval value))
{
    return SEND(pid, number, REAL(sigqueue)(pid, number, value));
}

HOOK(int, tgkill, (pid_t pid, pid_t tid, int number))
{
    return SEND(pid, number, REAL(tgkill)(pid, tid, number));
}

HOOK(int, raise, (int number)) { return SEND((int64_t)thread_identity().pid, number, REAL(raise)(number)); }

/* Runtimes stop their threads in this way, again and again: told where it is the last that is heard. */
static void tell_if_last(int number)
{
    if (shim_on() && is_signal(number) && fatal_is_still(number))
        tell((int64_t)thread_identity().pid, number, 0, true, clock_ticks());
}

HOOK(int, pthread_sigqueue, (pthread_t thread, int number, const union sigval value))
{
    tell_if_last(number);
    return REAL(pthread_sigqueue)(thread, number, value);
}

/* Until glibc 2.34 it failed for a thread that had ended. */
#define PTHREAD_KILL_ROW(row, at, version)                                                                   \
    HOOK_VERSION(int, row, pthread_kill, at, version, (pthread_t thread, int number))                        \
    {                                                                                                        \
        tell_if_last(number);                                                                                \
        return REAL_VERSION(row, "pthread_kill", version)(thread, number);                                   \
    }

PTHREAD_KILL_ROW(pthread_kill_old, "@", HOOK_FIRST_VERSION)
PTHREAD_KILL_ROW(pthread_kill_new, "@@", "GLIBC_2.34")

HOOK(int, gsignal, (int number))
{
    return SEND((int64_t)thread_identity().pid, number, REAL(gsignal)(number));
}

/* ---- by descriptor ---- */

struct question {
    int fd;
    int64_t pid; /* 0: not known */
    volatile bool done;
};

static int64_t pid_in(const char *text)
{
    const char *line = strstr(text, "\nPid:\t");
    int64_t pid = 0;
    for (const char *c = line ? line + 6 : ""; *c >= '0' && *c <= '9'; c++)
        pid = pid * 10 + (*c - '0');
    return pid;
}

struct fdinfo {
    char text[512];
};

/* The kernel tells in /proc/self/fdinfo whom a descriptor stands for. */
static void ask(void *argument)
{
    struct question *q = argument;
    char path[40] = "/proc/self/fdinfo/", digits[12];
    SCRATCH_WITHIN(struct fdinfo, info);
    size_t n = 0, at = strlen(path);
    for (unsigned v = (unsigned)q->fd; n == 0 || v > 0; v /= 10)
        digits[n++] = (char)('0' + v % 10);
    while (n > 0)
        path[at++] = digits[--n];
    path[at] = '\0';
    long fd = raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    long got = fd >= 0 && info ? raw(SYS_read, fd, info->text, sizeof info->text - 1) : 0;
    if (fd >= 0)
        raw(SYS_close, fd);
    if (got > 0) {
        info->text[got] = '\0';
        q->pid = pid_in(info->text);
    }
    compiler_barrier();
    q->done = true;
}

static int64_t pid_of_descriptor(int fd)
{
    struct question q = {.fd = fd};
    if (!thread_get())
        return 0;
    struct blocked_signals signals = raw_block_signals();
    apart_run(ask, &q, &q.done);
    raw_restore_signals(signals);
    return q.pid;
}

HOOK(int, pidfd_send_signal, (int fd, int number, siginfo_t *info, unsigned flags))
{
    int64_t target = shim_on() && is_signal(number) ? pid_of_descriptor(fd) : 0;
    if (target <= 0)
        return REAL(pidfd_send_signal)(fd, number, info, flags);
    return SEND(target, number, REAL(pidfd_send_signal)(fd, number, info, flags));
}
