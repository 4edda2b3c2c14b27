/* Commands that libc gives to a shell: it starts and awaits that one by itself, with environ as it is, so
 * environ is made to carry us, and what the call tells of its shell is recorded in the place of spawn and
 * wait. */
#include "birth.h"
#include "emit.h"
#include "env.h"
#include "fds.h"
#include "hook.h"
#include "user_memory.h"
#include "video.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL "/bin/sh"

static struct rusage of_children(void)
{
    struct rusage r = {0};
    raw(SYS_getrusage, RUSAGE_CHILDREN, &r);
    return r;
}

static uint64_t between(struct timeval a, struct timeval b)
{
    int64_t us = (int64_t)(b.tv_sec - a.tv_sec) * 1000000 + (b.tv_usec - a.tv_usec);
    return us > 0 ? (uint64_t)us : 0;
}

/* What the shell would be given; where it cannot be read, libc's answer is all that there is. */
static bool words_readable(const char *command)
{
    struct user_view view = {.believes = true};
    return (!command || user_view_text(&view, command)) && (!environ || user_view_words(&view, environ));
}

static struct env_loan lend(void)
{
    int error = errno;
    struct thread *t = thread_get();
    struct env_loan loan = env_lend(t ? t->video : VIDEO_NONE);
    errno = error;
    return loan;
}

/* child 0: libc does not tell. */
static void tell_spawn(enum vl_start how, const char *command, pid_t child, struct timing t)
{
    char *argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    struct args args = args_measure(SHELL, argv);
    uint32_t video = video_of_command(&args.command);
    EMIT(process_spawn, video != VIDEO_NONE ? video : VIDEO_CURRENT, t, how, (uint64_t)child, 0,
         span_of(SHELL), args, args.full_bytes, 0);
    birth_tell_denied();
}

/* What all children used in between was the shell's, unless another thread reaped at the same time; its peak
 * memory stays unknown. */
static void tell_reap(pid_t child, int status, const struct rusage *before, struct timing t)
{
    struct rusage after = of_children();
    EMIT(process_reap, VIDEO_CURRENT, t, (uint64_t)child, (uint64_t)(unsigned)status,
         between(before->ru_utime, after.ru_utime), between(before->ru_stime, after.ru_stime), 0,
         (uint64_t)(after.ru_inblock - before->ru_inblock),
         (uint64_t)(after.ru_oublock - before->ru_oublock));
}

/* Without a command libc runs "exit 0", and answers whether there is a shell. */
static void tell_system(const char *command, int result, const struct rusage *before, uint64_t start)
{
    int error = errno;
    struct timing t = clock_timing(start);
    int status = command ? result : W_EXITCODE(!result, 0);
    if (result != -1) {
        tell_spawn(VL_START_SYSTEM, command ? command : "exit 0", 0, t);
        tell_reap(0, status, before, t);
    }
    errno = error;
}

HOOK(int, system, (const char *command))
{
    if (!shim_on() || !words_readable(command))
        return REAL(system)(command);
    struct env_loan loan = lend();
    struct rusage before = of_children();
    uint64_t start = clock_ticks();
    int result = REAL(system)(command);
    env_take_back(&loan);
    tell_system(command, result, &before, start);
    return result;
}

/* ---- popen ---- */

/* glibc keeps the child's pid behind the stream and its table of functions, since 2.1. What does not look
 * like a child of this process there is not believed. */
static pid_t child_of_stream(FILE *stream)
{
    pid_t pid;
    siginfo_t info = {0};
    memcpy(&pid, (const char *)stream + sizeof(FILE) + sizeof(void *), sizeof pid);
    if (pid <= 1 || raw(SYS_waitid, P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT, 0) != 0)
        return 0;
    return pid;
}

HOOK(FILE *, popen, (const char *command, const char *mode))
{
    if (!shim_on() || !command || !words_readable(command))
        return REAL(popen)(command, mode);
    struct env_loan loan = lend();
    uint64_t start = clock_ticks();
    FILE *stream = REAL(popen)(command, mode);
    env_take_back(&loan);
    int error = errno;
    if (stream && mode[0] == 'r') {
        fds_clear(fileno(stream));
        fds_set_made(fileno(stream));
    }
    if (stream)
        tell_spawn(VL_START_POPEN, command, child_of_stream(stream), clock_timing(start));
    errno = error;
    return stream;
}

HOOK(int, pclose, (FILE * stream))
{
    if (!shim_on())
        return REAL(pclose)(stream);
    pid_t child = child_of_stream(stream);
    struct rusage before = of_children();
    uint64_t start = clock_ticks();
    int status = REAL(pclose)(stream);
    int error = errno;
    if (child > 0 && status != -1)
        tell_reap(child, status, &before, clock_timing(start));
    errno = error;
    return status;
}
