/* Temporary files and folders made by mkstemp and its kin; removal is name.c's. */
#include "emit.h"
#include "hook.h"
#include "opened.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/* The name is in the template once the call has succeeded. */
#define MKSTEMP_ROW(name, params, args, flags)                                                               \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name) args;                                                                          \
        uint64_t start = clock_ticks();                                                                      \
        int fd = REAL(name) args;                                                                            \
        if (fd >= 0)                                                                                         \
            opened(fd, AT_FDCWD, template, O_RDWR | O_CREAT | O_EXCL | (flags), 0600, true,                  \
                   clock_timing(start));                                                                     \
        return fd;                                                                                           \
    }

MKSTEMP_ROW(mkstemp, (char *template), (template), 0)
MKSTEMP_ROW(mkstemp64, (char *template), (template), 0)
MKSTEMP_ROW(mkostemp, (char *template, int flags), (template, flags), flags)
MKSTEMP_ROW(mkostemp64, (char *template, int flags), (template, flags), flags)
MKSTEMP_ROW(mkstemps, (char *template, int suffix), (template, suffix), 0)
MKSTEMP_ROW(mkstemps64, (char *template, int suffix), (template, suffix), 0)
MKSTEMP_ROW(mkostemps, (char *template, int suffix, int flags), (template, suffix, flags), flags)
MKSTEMP_ROW(mkostemps64, (char *template, int suffix, int flags), (template, suffix, flags), flags)

HOOK(char *, mkdtemp, (char *template))
{
    uint64_t start = clock_ticks();
    char *made = REAL(mkdtemp)(template);
    if (!shim_on() || !made)
        return made;
    int kept = errno;
    SCRATCH(struct path, path);
    if (path && path_make(path, AT_FDCWD, made))
        EMIT(dir_make, path_event_video(path, true, true, 0), clock_timing(start),
             {path->text, (uint32_t)path->length, false}, 0700, 1, 0);
    errno = kept;
    return made;
}
