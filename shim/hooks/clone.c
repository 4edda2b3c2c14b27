/* The other calls that begin a process: clone, and what libc makes of fork without calling it by name. */
#include "birth.h"
#include "fds.h"
#include "hook.h"
#include "outputs.h"
#include "shim.h"
#include "user_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utmp.h>

/* ---- clone ---- */

/* A child that runs in the memory of a parent that waits for it; the parent's stack holds this meanwhile. */
struct guest {
    int (*work)(void *argument);
    void *argument;
};

static int guest_main(void *argument)
{
    const struct guest *g = argument;
    birth_vfork_child();
    return g->work(g->argument);
}

typedef int clone_function(int (*work)(void *), void *stack, int flags, void *argument, ...);

/* The rest of the arguments are words that the flags may ask for. */
static int clone_and_record(clone_function *real, int (*work)(void *), void *stack, int flags, void *argument,
                            void *rest[3])
{
    const int waits = CLONE_VM | CLONE_VFORK;
    if ((flags & waits) == waits && !(flags & CLONE_SETTLS)) {
        struct guest guest = {work, argument};
        int pid = real(guest_main, stack, flags, &guest, rest[0], rest[1], rest[2]);
        int error = errno;
        birth_vfork_parent(pid, VL_START_CLONE);
        errno = error;
        return pid;
    }
    uint64_t start = birth_begins();
    return birth_forked(real(work, stack, flags, argument, rest[0], rest[1], rest[2]), VL_START_CLONE, start);
}

/* Where there are no further arguments, reading them does no harm. */
#define CLONE_ROW(name)                                                                                      \
    HOOK(int, name, (int (*work)(void *), void *stack, int flags, void *argument, ...))                      \
    {                                                                                                        \
        void *rest[3];                                                                                       \
        va_list list;                                                                                        \
        va_start(list, argument);                                                                            \
        for (int i = 0; i < 3; i++)                                                                          \
            rest[i] = va_arg(list, void *);                                                                  \
        va_end(list);                                                                                        \
        if (!shim_on() || (flags & CLONE_THREAD) || !work)                                                   \
            return REAL(name)(work, stack, flags, argument, rest[0], rest[1], rest[2]);                      \
        return clone_and_record(REAL(name), work, stack, flags, argument, rest);                             \
    }

CLONE_ROW(clone)
CLONE_ROW(__clone)

/* ---- terminals ---- */

/* The three standard descriptors are others now. */
static void standard_changed(void)
{
    int error = errno;
    fds_clear_range(0, 2);
    outputs_changed(1, true);
    outputs_changed(2, true);
    errno = error;
}

/* A descriptor that libc has stored. */
static void stored(const int *at)
{
    int fd;
    if (user_copy(&fd, at, sizeof fd) == sizeof fd)
        fds_clear(fd);
}

HOOK(int, forkpty, (int *terminal, char *name, const struct termios *settings, const struct winsize *size))
{
    uint64_t start = birth_begins();
    pid_t pid = REAL(forkpty)(terminal, name, settings, size);
    if (!shim_on())
        return pid;
    if (pid > 0)
        stored(terminal);
    birth_forked(pid, VL_START_FORK, start);
    if (pid == 0)
        standard_changed();
    return pid;
}

HOOK(int, login_tty, (int terminal))
{
    int result = REAL(login_tty)(terminal);
    if (shim_on() && result == 0) {
        standard_changed();
        if (terminal > 2)
            fds_clear(terminal);
    }
    return result;
}

HOOK(int, openpty,
     (int *terminal, int *other, char *name, const struct termios *settings, const struct winsize *size))
{
    int result = REAL(openpty)(terminal, other, name, settings, size);
    if (shim_on() && result == 0) {
        stored(terminal);
        stored(other);
    }
    return result;
}

/* ---- daemon ---- */

static bool is_null_device(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

static int to_null_device(void)
{
    int fd = open("/dev/null", O_RDWR);
    if (fd < 0)
        return -1;
    if (!is_null_device(fd)) {
        close(fd);
        errno = ENODEV;
        return -1;
    }
    for (int standard = 0; standard < 3; standard++)
        dup2(fd, standard);
    if (fd > 2)
        close(fd);
    return 0;
}

/* libc's own ends the parent where nobody can see it, so its few steps are taken here, each through its hook.
 */
HOOK(int, daemon, (int keep_folder, int keep_output))
{
    if (!shim_on())
        return REAL(daemon)(keep_folder, keep_output);
    pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid > 0)
        _exit(0);
    if (setsid() < 0)
        return -1;
    if (!keep_folder && chdir("/") != 0) {
    } /* as libc: it goes on where it is */
    return keep_output ? 0 : to_null_device();
}
