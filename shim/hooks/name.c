/* Names: folders entered, made and removed; files renamed, linked and removed. */
#include "emit.h"
#include "hook.h"
#include "opened.h"
#include "user_memory.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct span path_span(const struct path *p)
{
    return (struct span){p->text, (uint32_t)p->length, false};
}

static int error_of(int result) { return result == 0 ? 0 : errno; }

/* A name that cannot be made absolute, or memory that is none, is not recorded. */
static bool name_known(struct path *out, int error, int directory, const char *name)
{
    return out && error != EFAULT && error != ENAMETOOLONG && user_has_name(error, name) &&
           path_make(out, directory, name);
}

/* A call that failed for its first name may never have read the second. */
static bool second_known(struct path *out, int error, int directory, const char *name)
{
    return name_known(out, error == 0 || error == EFAULT ? error : EINVAL, directory, name);
}

/* ---- folders ---- */

static void entered(int result, int directory, const char *name, uint64_t start)
{
    int kept = errno, error = error_of(result);
    SCRATCH(struct path, path);
    struct timing t = clock_timing(start);
    bool known = name_known(path, error, directory, name);
    if (result == 0)
        path_cwd_changed();
    if (known)
        EMIT(dir_change, path_event_video(path, true, false, error), t, path_span(path), error);
    errno = kept;
}

CALLS(int, chdir, (const char *path));

/* The name is made absolute against the folder that was left, which is asked for before the call; the name
 * itself may be none and is looked at when the kernel has done so. */
static int enter(const char *path)
{
    SCRATCH(struct path, before);
    SCRATCH(struct path, target);
    char first = '\0';
    uint64_t start = clock_ticks();
    bool known = before && target && path_cwd(before);
    int result = REAL(chdir)(path), error = error_of(result);
    bool read = error != EFAULT && user_has_name(error, path) && user_text(&first, path, 1) != USER_NONE;
    if (read && first != '/' && known && path_join(target, before->text, before->length, path))
        entered(result, AT_FDCWD, target->text, start);
    else
        entered(result, AT_FDCWD, read && first == '/' ? path : NULL, start);
    return result;
}

HOOK_ONLY(int, chdir, (const char *path)) { return shim_on() ? enter(path) : REAL(chdir)(path); }

HOOK(int, fchdir, (int fd))
{
    if (!shim_on())
        return REAL(fchdir)(fd);
    uint64_t start = clock_ticks();
    int result = REAL(fchdir)(fd);
    entered(result, fd, "", start);
    return result;
}

/* What mktemp's kin make without libc's mkdtemp: for the owner alone, below a folder for such things. */
static bool is_temporary_folder(const struct path *path, mode_t mode)
{
    return mode == 0700 && path_is_temporary(path->text);
}

static void made(int result, int directory, const char *name, mode_t mode, uint64_t start)
{
    int kept = errno, error = error_of(result);
    SCRATCH(struct path, path);
    if (name_known(path, error, directory, name))
        EMIT(dir_make, path_event_video(path, true, true, error), clock_timing(start), path_span(path), mode,
             is_temporary_folder(path, mode), error);
    errno = kept;
}

HOOK(int, mkdir, (const char *path, mode_t mode))
{
    uint64_t start = clock_ticks();
    int result = REAL(mkdir)(path, mode);
    if (shim_on())
        made(result, AT_FDCWD, path, mode, start);
    return result;
}

HOOK(int, mkdirat, (int directory, const char *path, mode_t mode))
{
    uint64_t start = clock_ticks();
    int result = REAL(mkdirat)(directory, path, mode);
    if (shim_on())
        made(result, directory, path, mode, start);
    return result;
}

/* ---- removal ---- */

static void removed(int result, int directory, const char *name, bool folder, uint64_t start)
{
    int kept = errno, error = error_of(result);
    SCRATCH(struct path, path);
    if (name_known(path, error, directory, name)) {
        uint32_t video = path_event_video(path, folder, false, error);
        if (folder)
            EMIT(dir_remove, video, clock_timing(start), path_span(path), error);
        else
            EMIT(file_remove, video, clock_timing(start), path_span(path), error);
    }
    errno = kept;
}

HOOK(int, rmdir, (const char *path))
{
    uint64_t start = clock_ticks();
    int result = REAL(rmdir)(path);
    if (shim_on())
        removed(result, AT_FDCWD, path, true, start);
    return result;
}

HOOK(int, unlink, (const char *path))
{
    uint64_t start = clock_ticks();
    int result = REAL(unlink)(path);
    if (shim_on())
        removed(result, AT_FDCWD, path, false, start);
    return result;
}

HOOK(int, unlinkat, (int directory, const char *path, int flags))
{
    uint64_t start = clock_ticks();
    int result = REAL(unlinkat)(directory, path, flags);
    if (shim_on())
        removed(result, directory, path, flags & AT_REMOVEDIR, start);
    return result;
}

/* remove() tries unlink first and rmdir for a folder: which one it was shows only if it failed. */
HOOK(int, remove, (const char *path))
{
    if (!shim_on())
        return REAL(remove)(path);
    struct stat st;
    bool folder = raw(SYS_newfstatat, AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
    uint64_t start = clock_ticks();
    int result = REAL(remove)(path);
    removed(result, AT_FDCWD, path, folder, start);
    return result;
}

/* ---- renames and links ---- */

static void renamed(int result, int from_directory, const char *from, int to_directory, const char *to,
                    uint64_t start)
{
    int kept = errno, error = error_of(result);
    SCRATCH(struct path, old);
    SCRATCH(struct path, new);
    struct timing t = clock_timing(start);
    if (name_known(old, error, from_directory, from) && second_known(new, error, to_directory, to))
        EMIT(file_rename, path_event_video(new, false, true, error), t, path_span(old), path_span(new),
             error);
    errno = kept;
}

HOOK(int, rename, (const char *from, const char *to))
{
    uint64_t start = clock_ticks();
    int result = REAL(rename)(from, to);
    if (shim_on())
        renamed(result, AT_FDCWD, from, AT_FDCWD, to, start);
    return result;
}

HOOK(int, renameat, (int from_directory, const char *from, int to_directory, const char *to))
{
    uint64_t start = clock_ticks();
    int result = REAL(renameat)(from_directory, from, to_directory, to);
    if (shim_on())
        renamed(result, from_directory, from, to_directory, to, start);
    return result;
}

HOOK(int, renameat2, (int from_directory, const char *from, int to_directory, const char *to, unsigned flags))
{
    uint64_t start = clock_ticks();
    int result = REAL(renameat2)(from_directory, from, to_directory, to, flags);
    if (shim_on())
        renamed(result, from_directory, from, to_directory, to, start);
    return result;
}

static bool text_known(struct path *out, int error, const char *text)
{
    if (!out || !user_has_name(error, text))
        return false;
    out->length = user_text(out->text, text, sizeof out->text);
    return out->length < sizeof out->text;
}

/* A symbolic link's target is text that nobody resolves; a hard link's is a path. */
static void linked(int result, int target_directory, const char *target, int directory, const char *name,
                   bool symbolic, uint64_t start)
{
    int kept = errno, error = error_of(result);
    SCRATCH(struct path, path);
    SCRATCH(struct path, other);
    struct timing t = clock_timing(start);
    if (second_known(path, error, directory, name) &&
        (symbolic ? text_known(other, error, target) : name_known(other, error, target_directory, target)))
        EMIT(file_link, path_event_video(path, false, true, error), t, path_span(other), path_span(path),
             symbolic, error);
    errno = kept;
}

HOOK(int, link, (const char *target, const char *path))
{
    uint64_t start = clock_ticks();
    int result = REAL(link)(target, path);
    if (shim_on())
        linked(result, AT_FDCWD, target, AT_FDCWD, path, false, start);
    return result;
}

HOOK(int, linkat, (int target_directory, const char *target, int directory, const char *path, int flags))
{
    uint64_t start = clock_ticks();
    int result = REAL(linkat)(target_directory, target, directory, path, flags);
    if (shim_on())
        linked(result, target_directory, target, directory, path, false, start);
    return result;
}

HOOK(int, symlink, (const char *target, const char *path))
{
    uint64_t start = clock_ticks();
    int result = REAL(symlink)(target, path);
    if (shim_on())
        linked(result, AT_FDCWD, target, AT_FDCWD, path, true, start);
    return result;
}

HOOK(int, symlinkat, (const char *target, int directory, const char *path))
{
    uint64_t start = clock_ticks();
    int result = REAL(symlinkat)(target, directory, path);
    if (shim_on())
        linked(result, AT_FDCWD, target, directory, path, true, start);
    return result;
}
