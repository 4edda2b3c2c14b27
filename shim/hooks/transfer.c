/* Bytes that go from one descriptor to another without passing the program: a read of the one and a write of
 * the other. And files that are mapped, where what moves cannot be known. */
#include "emit.h"
#include "hook.h"
#include "record.h"
#include "video.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define TRANSFER_ROW(name, params, args)                                                                     \
    HOOK(ssize_t, name, params)                                                                              \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name) args;                                                                          \
        uint64_t start = clock_ticks();                                                                      \
        ssize_t n = REAL(name) args;                                                                         \
        record_transfer(from, to, n, start);                                                                 \
        return n;                                                                                            \
    }

TRANSFER_ROW(sendfile, (int to, int from, off_t *at, size_t count), (to, from, at, count))
TRANSFER_ROW(sendfile64, (int to, int from, off64_t *at, size_t count), (to, from, at, count))
TRANSFER_ROW(splice, (int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned flags),
             (from, from_at, to, to_at, count, flags))
TRANSFER_ROW(tee, (int from, int to, size_t count, unsigned flags), (from, to, count, flags))
TRANSFER_ROW(copy_file_range,
             (int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned flags),
             (from, from_at, to, to_at, count, flags))

/* Into a pipe's writing end, or out of its reading end. */
HOOK(ssize_t, vmsplice, (int fd, const struct iovec *parts, size_t count, unsigned flags))
{
    if (!shim_on())
        return REAL(vmsplice)(fd, parts, count, flags);
    uint64_t start = clock_ticks();
    ssize_t n = REAL(vmsplice)(fd, parts, count, flags);
    bool reads = n >= 0 && (raw(SYS_fcntl, fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
    record_move(reads ? VL_transfer_read : VL_transfer_write, fd, n, start);
    return n;
}

/* ---- mappings ---- */

static void mapped(int fd, size_t bytes, bool writes, int error, uint64_t start)
{
    const struct fd_entry *e = fds_known(fd);
    if (!e || error == EBADF)
        return;
    SCRATCH(struct path, name);
    if (!name)
        return;
    if (thread_is_vfork_child())
        fds_ask(fd, name);
    else if (!fds_name(fd, name))
        name->length = 0;
    EMIT(file_map, fds_video(e) == VIDEO_NONE ? VIDEO_CURRENT : fds_video(e), clock_timing(start),
         (uint64_t)fd, bytes, writes, {name->text, (uint32_t)name->length, false}, error);
}

HOOK(void *, mmap, (void *at, size_t bytes, int access, int flags, int fd, off_t from))
{
    if (!shim_on() || fd < 0 || (flags & MAP_ANONYMOUS))
        return REAL(mmap)(at, bytes, access, flags, fd, from);
    uint64_t start = clock_ticks();
    void *result = REAL(mmap)(at, bytes, access, flags, fd, from);
    int error = errno;
    bool writes = (access & PROT_WRITE) && (flags & MAP_TYPE) != MAP_PRIVATE;
    mapped(fd, bytes, writes, result == MAP_FAILED ? error : 0, start);
    errno = error;
    return result;
}

_Static_assert(sizeof(off_t) == sizeof(off64_t), "one function for both");
HOOK_ALSO(void *, mmap64, mmap, (void *at, size_t bytes, int access, int flags, int fd, off64_t from));
