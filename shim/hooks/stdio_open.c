/* Streams that come and go: opening by path, reopening, temporary files, closing. What waits in a stream that
 * closes is written out first, so that the count is exact. */
#include "opened.h"
#include "outputs.h"
#include "stream.h"
#include "user_memory.h"

#include <fcntl.h>

/* ---- opening ---- */

/* The flags that a mode stands for, as fopen reads it: up to six letters after the first. */
static int flags_of(const char *mode)
{
    int flags = *mode == 'r'   ? O_RDONLY
                : *mode == 'w' ? O_WRONLY | O_CREAT | O_TRUNC
                               : O_WRONLY | O_CREAT | O_APPEND;
    for (int i = 1; i < 7 && mode[i] && mode[i] != ','; i++) {
        if (mode[i] == '+')
            flags = (flags & ~O_ACCMODE) | O_RDWR;
        else if (mode[i] == 'x')
            flags |= O_EXCL;
        else if (mode[i] == 'e')
            flags |= O_CLOEXEC;
    }
    return flags;
}

/* A mode that is none fails at its first letter, before anything is opened, and is read no further. */
static void opened_stream(const FILE *f, const char *path, const char *given, uint64_t start)
{
    char mode[8] = "";
    if (user_text(mode, given, 1) != USER_NONE && strchr("rwa", *mode) &&
        user_text(mode, given, sizeof mode - 1) != USER_NONE)
        opened(f ? f->_fileno : -1, AT_FDCWD, path, flags_of(mode), 0666, false, clock_timing(start));
}

#define FOPEN_ROW(name)                                                                                      \
    HOOK(FILE *, name, (const char *path, const char *mode))                                                 \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(path, mode);                                                                   \
        uint64_t start = clock_ticks();                                                                      \
        FILE *f = REAL(name)(path, mode);                                                                    \
        opened_stream(f, path, mode, start);                                                                 \
        return f;                                                                                            \
    }

FOPEN_ROW(fopen)
FOPEN_ROW(fopen64)
FOPEN_ROW(_IO_fopen)

/* Without a path it is the same file opened anew, which keeps its name. */
#define FREOPEN_ROW(name)                                                                                    \
    HOOK(FILE *, name, (const char *path, const char *mode, FILE *old))                                      \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(path, mode, old);                                                              \
        int fd = old->_fileno;                                                                               \
        if (fd >= 0)                                                                                         \
            stream_flush(old, true);                                                                         \
        uint64_t start = clock_ticks();                                                                      \
        FILE *f = REAL(name)(path, mode, old);                                                               \
        if (fd >= 0 && (path || !f || f->_fileno != fd))                                                     \
            fds_clear(fd);                                                                                   \
        if (path)                                                                                            \
            opened_stream(f, path, mode, start);                                                             \
        if (f)                                                                                               \
            outputs_changed(f->_fileno, true);                                                               \
        return f;                                                                                            \
    }

FREOPEN_ROW(freopen)
FREOPEN_ROW(freopen64)

/* A file without a name in the folder for them. */
#define TMPFILE_ROW(name)                                                                                    \
    HOOK(FILE *, name, (void))                                                                               \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)();                                                                             \
        uint64_t start = clock_ticks();                                                                      \
        FILE *f = REAL(name)();                                                                              \
        if (f)                                                                                               \
            opened(f->_fileno, AT_FDCWD, P_tmpdir, O_RDWR | O_EXCL | O_TMPFILE, 0600, true,                  \
                   clock_timing(start));                                                                     \
        return f;                                                                                            \
    }

TMPFILE_ROW(tmpfile)
TMPFILE_ROW(tmpfile64)

/* ---- closing ---- */

/* What could not be written out makes fclose fail, as it would have by itself. */
#define FCLOSE_ROW(name)                                                                                     \
    HOOK(int, name, (FILE * f))                                                                              \
    {                                                                                                        \
        if (!shim_on() || f->_fileno < 0)                                                                    \
            return REAL(name)(f);                                                                            \
        stream_forget_count(f);                                                                              \
        int flushed = stream_holds(f) ? stream_flush(f, true) : 0, error = errno;                            \
        fds_clear(f->_fileno);                                                                               \
        int result = REAL(name)(f);                                                                          \
        if (result != 0 || flushed == 0)                                                                     \
            return result;                                                                                   \
        errno = error;                                                                                       \
        return EOF;                                                                                          \
    }

FCLOSE_ROW(fclose)
FCLOSE_ROW(_IO_fclose)
