/* Starting the helper, waiting for it, and never for long. */
#include "crash/helper.h"

#include "apart.h"
#include "clock.h"
#include "env.h"
#include "paths.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define LIMIT_NS       2000000000u /* the helper's time */
#define KILL_LIMIT_NS  200000000u  /* until a killed one is gone */
#define FIRST_NAP_NS   100000
#define LAST_NAP_NS    2000000
#define OLD_KERNEL_FDS 1024 /* closed one by one where there is no close_range */

struct start {
    char beside[PATH_BYTES + 64];    /* in a build folder */
    char installed[PATH_BYTES + 64]; /* below the library's folder */
    char pid[17], job[17];
    char *words[4];
};

static struct start start TABLE; /* one crash at a time */
static bool forbidden;
static unsigned long tracer; /* as the program set it; 0: nobody */

void crash_helper_note_tracer(unsigned long pid) { tracer = pid; }

void crash_helper_forbid(void) { forbidden = true; }

static void put_hex(char *out, uint64_t v)
{
    unsigned digits = 1;
    while (digits < 16 && v >> (4 * digits))
        digits++;
    for (; digits > 0; digits--)
        *out++ = "0123456789abcdef"[(v >> (4 * (digits - 1))) & 15];
    *out = '\0';
}

static bool place(char *out, const char *library, const char *below)
{
    const char *slash = strrchr(library, '/');
    size_t folder = slash ? (size_t)(slash - library) + 1 : 0;
    if (folder == 0 || folder > PATH_BYTES)
        return false;
    memcpy(out, library, folder);
    strcpy(out + folder, below);
    return true;
}

static bool prepare(const struct crash_job *job)
{
    if (!place(start.beside, env_own_path(), CRASH_HELPER) ||
        !place(start.installed, env_own_path(), "vlshim/" CRASH_HELPER))
        return false;
    put_hex(start.pid, (uint64_t)raw(SYS_getpid));
    put_hex(start.job, (uint64_t)(uintptr_t)job);
    start.words[0] = (char *)CRASH_HELPER;
    start.words[1] = start.pid;
    start.words[2] = start.job;
    return true;
}

static void become_helper(void *unused)
{
    (void)unused;
    char *const no_environment[] = {NULL};
    raw6_always(SYS_execve, (long)start.beside, (long)start.words, (long)no_environment, 0, 0, 0);
    raw6_always(SYS_execve, (long)start.installed, (long)start.words, (long)no_environment, 0, 0, 0);
    raw6_always(SYS_exit, 127, 0, 0, 0, 0, 0);
}

/* True: it has ended. */
static bool wait_until(long pid, uint64_t deadline_ns)
{
    struct timespec nap = {0, FIRST_NAP_NS};
    for (;;) {
        int status;
        long gone = raw(SYS_wait4, pid, &status, WNOHANG | __WALL, 0);
        if (gone != 0 && gone != -EINTR)
            return true;
        if (clock_monotonic_ns() >= deadline_ns)
            return false;
        raw(SYS_nanosleep, &nap, 0);
        nap.tv_nsec = nap.tv_nsec * 2 < LAST_NAP_NS ? nap.tv_nsec * 2 : LAST_NAP_NS;
    }
}

/* In a process between the program and the helper, with the program's memory but descriptors of its own. The
 * helper is its child, so the program gets no SIGCHLD and has nobody to wait for. The program's pipes must
 * not stay open here. */
static void look_after_helper(void *unused)
{
    (void)unused;
    uint64_t deadline = clock_monotonic_ns() + LIMIT_NS;
    if (raw(SYS_close_range, 0, UINT_MAX, 0) != 0)
        for (int fd = 0; fd < OLD_KERNEL_FDS; fd++)
            raw(SYS_close, fd);
    long pid = apart_start(become_helper, NULL);
    if (pid > 0 && !wait_until(pid, deadline)) {
        raw(SYS_kill, pid, SIGKILL);
        wait_until(pid, deadline + KILL_LIMIT_NS);
    }
}

/* Under Yama others may look into a process only as far as it allows: here its descendants. */
static void allow(unsigned long pid) { raw(SYS_prctl, PR_SET_PTRACER, pid, 0, 0, 0); }

void crash_helper_run(struct crash_job *job)
{
    if (forbidden || !prepare(job))
        return;
    allow((unsigned long)raw(SYS_getpid));
    apart_run_outside(look_after_helper, NULL);
    allow(tracer);
}
