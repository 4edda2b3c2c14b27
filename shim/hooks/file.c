/* Opening, closing and copying descriptors; names of files and folders made, changed and removed. */
#include "emit.h"
#include "fds.h"
#include "hook.h"
#include "opened.h"
#include "outputs.h"
#include "prompts.h"
#include "user_memory.h"
#include "video.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

/* The mode is there only if the flags say so. */
#define TAKES_MODE(flags) (((flags)&O_CREAT) || ((flags)&O_TMPFILE) == O_TMPFILE)

#define MODE_ARGUMENT(flags)                                                                                 \
    ({                                                                                                       \
        mode_t given = 0;                                                                                    \
        if (TAKES_MODE(flags)) {                                                                             \
            va_list list;                                                                                    \
            va_start(list, flags);                                                                           \
            given = va_arg(list, mode_t);                                                                    \
            va_end(list);                                                                                    \
        }                                                                                                    \
        given;                                                                                               \
    })

/* ---- open ---- */

#define OPEN_ROW(name)                                                                                       \
    HOOK(int, name, (const char *path, int flags, ...))                                                      \
    {                                                                                                        \
        mode_t mode = MODE_ARGUMENT(flags);                                                                  \
        if (!shim_on())                                                                                      \
            return REAL(name)(path, flags, mode);                                                            \
        uint64_t start = clock_ticks();                                                                      \
        int fd = REAL(name)(path, flags, mode);                                                              \
        opened(fd, AT_FDCWD, path, flags, mode, false, clock_timing(start));                                 \
        return fd;                                                                                           \
    }

#define OPENAT_ROW(name)                                                                                     \
    HOOK(int, name, (int directory, const char *path, int flags, ...))                                       \
    {                                                                                                        \
        mode_t mode = MODE_ARGUMENT(flags);                                                                  \
        if (!shim_on())                                                                                      \
            return REAL(name)(directory, path, flags, mode);                                                 \
        uint64_t start = clock_ticks();                                                                      \
        int fd = REAL(name)(directory, path, flags, mode);                                                   \
        opened(fd, directory, path, flags, mode, false, clock_timing(start));                                \
        return fd;                                                                                           \
    }

/* What _FORTIFY_SOURCE calls instead where there is no mode. */
#define OPEN_2_ROW(name)                                                                                     \
    HOOK(int, name, (const char *path, int flags))                                                           \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(path, flags);                                                                  \
        uint64_t start = clock_ticks();                                                                      \
        int fd = REAL(name)(path, flags);                                                                    \
        opened(fd, AT_FDCWD, path, flags, 0, false, clock_timing(start));                                    \
        return fd;                                                                                           \
    }

#define OPENAT_2_ROW(name)                                                                                   \
    HOOK(int, name, (int directory, const char *path, int flags))                                            \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(directory, path, flags);                                                       \
        uint64_t start = clock_ticks();                                                                      \
        int fd = REAL(name)(directory, path, flags);                                                         \
        opened(fd, directory, path, flags, 0, false, clock_timing(start));                                   \
        return fd;                                                                                           \
    }

#define CREAT_ROW(name)                                                                                      \
    HOOK(int, name, (const char *path, mode_t mode))                                                         \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(path, mode);                                                                   \
        uint64_t start = clock_ticks();                                                                      \
        int fd = REAL(name)(path, mode);                                                                     \
        opened(fd, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode, false, clock_timing(start));          \
        return fd;                                                                                           \
    }

OPEN_ROW(open)
OPEN_ROW(open64)
OPENAT_ROW(openat)
OPENAT_ROW(openat64)
OPEN_2_ROW(__open_2)
OPEN_2_ROW(__open64_2)
OPENAT_2_ROW(__openat_2)
OPENAT_2_ROW(__openat64_2)
CREAT_ROW(creat)
CREAT_ROW(creat64)

/* ---- close ---- */

static void closed(int fd, int result, uint64_t start)
{
    fds_clear(fd); /* whatever close says, the number is free again */
    if (result == 0)
        EMIT(file_close, VIDEO_CURRENT, clock_timing(start), (uint64_t)fd);
}

HOOK(int, close, (int fd))
{
    if (!shim_on() || fd < 0)
        return REAL(close)(fd);
    const struct fd_entry *e = fds_entry(fd);
    bool known = e && fds_serial(e) != 0;
    uint64_t start = clock_ticks();
    int result = REAL(close)(fd);
    int error = errno;
    outputs_changed(fd, false);
    if (known) /* loops that close every number there could be are not worth an event each */
        closed(fd, result, start);
    errno = error;
    return result;
}

HOOK(int, close_range, (unsigned first, unsigned last, int flags))
{
    int result = REAL(close_range)(first, last, flags);
    if (shim_on() && result == 0 && !(flags & 4 /* CLOSE_RANGE_CLOEXEC */))
        fds_clear_range(first, last);
    return result;
}

HOOK(void, closefrom, (int first))
{
    REAL(closefrom)(first);
    if (shim_on())
        fds_clear_range(first < 0 ? 0 : (unsigned)first, UINT_MAX - 1);
}

HOOK(int, closedir, (DIR * folder))
{
    int fd = shim_on() && folder ? dirfd(folder) : -1;
    if (fd >= 0)
        fds_clear(fd);
    return REAL(closedir)(folder);
}

/* ---- copies ---- */

static void duplicated(int from, int to, uint64_t start)
{
    int error = errno;
    struct fd_entry *e = fds_known(from);
    fds_copy(from, to);
    if (e) /* chunks define the copy anew when it is first used */
        EMIT(fd_duplicate, VIDEO_CURRENT, clock_timing(start), (uint64_t)from, (uint64_t)to);
    errno = error;
}

HOOK(int, dup, (int fd))
{
    if (!shim_on())
        return REAL(dup)(fd);
    uint64_t start = clock_ticks();
    int copy = REAL(dup)(fd);
    if (copy >= 0)
        duplicated(fd, copy, start);
    return copy;
}

HOOK(int, dup2, (int fd, int to))
{
    if (!shim_on())
        return REAL(dup2)(fd, to);
    uint64_t start = clock_ticks();
    int copy = REAL(dup2)(fd, to);
    if (copy >= 0 && fd != to) {
        duplicated(fd, copy, start);
        outputs_changed(to, true);
    }
    return copy;
}

HOOK(int, dup3, (int fd, int to, int flags))
{
    if (!shim_on())
        return REAL(dup3)(fd, to, flags);
    uint64_t start = clock_ticks();
    int copy = REAL(dup3)(fd, to, flags);
    if (copy >= 0) {
        duplicated(fd, copy, start);
        outputs_changed(to, true);
    }
    return copy;
}

/* fcntl's third argument is a word, whatever it means; where there is none, reading it does no harm. */
#define FCNTL_ROW(name)                                                                                      \
    HOOK(int, name, (int fd, int command, ...))                                                              \
    {                                                                                                        \
        va_list list;                                                                                        \
        va_start(list, command);                                                                             \
        void *argument = va_arg(list, void *);                                                               \
        va_end(list);                                                                                        \
        bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;                                      \
        if (!shim_on() || !copies)                                                                           \
            return REAL(name)(fd, command, argument);                                                        \
        uint64_t start = clock_ticks();                                                                      \
        int result = REAL(name)(fd, command, argument);                                                      \
        if (result >= 0)                                                                                     \
            duplicated(fd, result, start);                                                                   \
        return result;                                                                                       \
    }

FCNTL_ROW(fcntl)
FCNTL_ROW(fcntl64)

/* ---- pipes ---- */

static void paired(enum vl_fd_type type, int result, const int *stored, uint64_t start)
{
    int error = errno, fds[2];
    bool made = result == 0;
    if (made && user_copy(fds, stored, sizeof fds) < sizeof fds)
        return;
    for (int i = 0; made && i < 2; i++) {
        fds_clear(fds[i]); /* its kernel name is asked for if it is used */
        fds_set_made(fds[i]);
    }
    EMIT(pipe_make, VIDEO_CURRENT, clock_timing(start), type, made ? (uint64_t)fds[0] : 0,
         made ? (uint64_t)fds[1] : 0, made ? 0 : error);
    errno = error;
}

HOOK(int, pipe, (int fds[2]))
{
    uint64_t start = clock_ticks();
    int result = REAL(pipe)(fds);
    if (shim_on())
        paired(VL_FD_PIPE, result, fds, start);
    return result;
}

HOOK(int, pipe2, (int fds[2], int flags))
{
    uint64_t start = clock_ticks();
    int result = REAL(pipe2)(fds, flags);
    if (shim_on())
        paired(VL_FD_PIPE, result, fds, start);
    return result;
}

HOOK(int, socketpair, (int domain, int type, int protocol, int fds[2]))
{
    uint64_t start = clock_ticks();
    int result = REAL(socketpair)(domain, type, protocol, fds);
    if (!shim_on())
        return result;
    paired(VL_FD_SOCKET, result, fds, start);
    int made[2];
    if (result == 0 && domain == AF_UNIX && user_copy(made, fds, sizeof made) == sizeof made)
        prompts_paired(made);
    return result;
}
