/* Recording that a file was opened. */
#include "opened.h"

#include "config.h"
#include "emit.h"
#include "fds.h"
#include "user_memory.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>

bool path_is_temporary(const char *path)
{
    return (config.temp_dir && path_below(path, config.temp_dir)) || path_below(path, "/tmp") ||
           path_below(path, "/var/tmp") || path_below(path, "/dev/shm");
}

uint32_t path_event_video(const struct path *path, bool folder, bool writes, int error)
{
    bool missing = error == ENOENT || error == ENOTDIR;
    uint32_t video = (missing ? video_of_missing : video_of_path)(path->text, path->length, folder);
    if (video == VIDEO_NONE)
        return VIDEO_CURRENT;
    struct thread *t = thread_get();
    if (writes && error == 0 && t && t->video != video && !video_default.fixed && !t->video_held &&
        t->child.pid == 0)
        thread_set_video(t, video);
    return video;
}

static bool makes_new_file(int flags)
{
    return (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) || (flags & O_TMPFILE) == O_TMPFILE;
}

/* What no device or terminal is called is taken for a file: a system call for the truth is not worth it. */
static enum vl_fd_type type_of(const struct path *path, int flags)
{
    if ((flags & O_DIRECTORY) && (flags & O_TMPFILE) != O_TMPFILE)
        return VL_FD_DIRECTORY;
    if (strncmp(path->text, "/dev/", 5) == 0 && strncmp(path->text, "/dev/shm/", 9) != 0)
        return strncmp(path->text + 5, "tty", 3) == 0 || strncmp(path->text + 5, "pts/", 4) == 0
                   ? VL_FD_TERMINAL
                   : VL_FD_DEVICE;
    return VL_FD_FILE;
}

void opened(int fd, int directory, const char *path, int flags, unsigned mode, bool temp, struct timing t)
{
    int error = errno;
    if (fd < 0 && (error == EFAULT || error == ENAMETOOLONG || !user_has_name(error, path)))
        return;
    SCRATCH(struct path, absolute);
    if (!absolute || !path_make(absolute, directory, path)) {
        if (fd >= 0)
            fds_clear(fd);
        return;
    }
    bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    uint32_t video = path_event_video(absolute, flags & O_DIRECTORY, writes, fd >= 0 ? 0 : error);
    if (fd >= 0)
        fds_set(fd, type_of(absolute, flags), absolute, video == VIDEO_CURRENT ? VIDEO_NONE : video);
    temp = fd >= 0 && (temp || (makes_new_file(flags) && path_is_temporary(absolute->text)));
    struct writer *w = EMIT(file_open, video, t, fd >= 0 ? fd : -(int64_t)error, (uint64_t)(unsigned)flags,
                            mode, temp, {absolute->text, (uint32_t)absolute->length, false});
    const struct fd_entry *e = fd >= 0 && w ? fds_entry(fd) : NULL;
    if (e)
        fds_seen(w, fd, e);
    errno = error;
}
