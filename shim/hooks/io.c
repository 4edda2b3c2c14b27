/* Bytes that read, write and their kin move. */
#include "hook.h"
#include "plain.h"
#include "prompts.h"
#include "record.h"
#include "user_memory.h"

#include <sys/uio.h>
#include <unistd.h>

/* A row of a call that returns how many bytes it moved through its first argument. RARE_ROW: seldom called.
 */
#define IO_ROW(code, name, params, args)   MOVE_ROW(record_io, code, name, params, args, )
#define RARE_ROW(code, name, params, args) MOVE_ROW(record_move, code, name, params, args, )
/* Through a socket as well. */
#define READ_ROW(record, name, params, args)                                                                 \
    MOVE_ROW(record, VL_file_read, name, params, args, plain_moved(fd, DEEP_RECEIVED, buffer, n))

#define MOVE_ROW(record, code, name, params, args, then)                                                     \
    HOOK(ssize_t, name, params)                                                                              \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name) args;                                                                          \
        uint64_t start = clock_ticks();                                                                      \
        ssize_t n = REAL(name) args;                                                                         \
        record(code, fd, n, start);                                                                          \
        then;                                                                                                \
        return n;                                                                                            \
    }

READ_ROW(record_io, read, (int fd, void *buffer, size_t count), (fd, buffer, count))
READ_ROW(record_io, __read_chk, (int fd, void *buffer, size_t count, size_t room), (fd, buffer, count, room))
IO_ROW(VL_file_pread, pread, (int fd, void *buffer, size_t count, off_t at), (fd, buffer, count, at))
IO_ROW(VL_file_pread, pread64, (int fd, void *buffer, size_t count, off64_t at), (fd, buffer, count, at))
IO_ROW(VL_file_pread, __pread_chk, (int fd, void *buffer, size_t count, off_t at, size_t room),
       (fd, buffer, count, at, room))
IO_ROW(VL_file_pread, __pread64_chk, (int fd, void *buffer, size_t count, off64_t at, size_t room),
       (fd, buffer, count, at, room))
IO_ROW(VL_file_pwrite, pwrite, (int fd, const void *buffer, size_t count, off_t at), (fd, buffer, count, at))
IO_ROW(VL_file_pwrite, pwrite64, (int fd, const void *buffer, size_t count, off64_t at),
       (fd, buffer, count, at))
MOVE_ROW(record_io, VL_file_readv, readv, (int fd, const struct iovec *parts, int count), (fd, parts, count),
         plain_moved_parts(fd, DEEP_RECEIVED, parts, (size_t)count, n))
RARE_ROW(VL_file_preadv, preadv, (int fd, const struct iovec *parts, int count, off_t at),
         (fd, parts, count, at))
RARE_ROW(VL_file_preadv, preadv64, (int fd, const struct iovec *parts, int count, off64_t at),
         (fd, parts, count, at))
RARE_ROW(VL_file_pwritev, pwritev, (int fd, const struct iovec *parts, int count, off_t at),
         (fd, parts, count, at))
RARE_ROW(VL_file_pwritev, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at),
         (fd, parts, count, at))

RARE_ROW(VL_file_preadv, preadv2, (int fd, const struct iovec *parts, int count, off_t at, int flags),
         (fd, parts, count, at, flags))
RARE_ROW(VL_file_preadv, preadv64v2, (int fd, const struct iovec *parts, int count, off64_t at, int flags),
         (fd, parts, count, at, flags))
RARE_ROW(VL_file_pwritev, pwritev2, (int fd, const struct iovec *parts, int count, off_t at, int flags),
         (fd, parts, count, at, flags))
RARE_ROW(VL_file_pwritev, pwritev64v2, (int fd, const struct iovec *parts, int count, off64_t at, int flags),
         (fd, parts, count, at, flags))

/* Older names of the same. */
READ_ROW(record_move, __read, (int fd, void *buffer, size_t count), (fd, buffer, count))
MOVE_ROW(record_move, VL_file_write, __write, (int fd, const void *buffer, size_t count), (fd, buffer, count),
         plain_moved(fd, DEEP_SENT, buffer, n))
RARE_ROW(VL_file_pread, __pread64, (int fd, void *buffer, size_t count, off64_t at), (fd, buffer, count, at))
RARE_ROW(VL_file_pwrite, __pwrite64, (int fd, const void *buffer, size_t count, off64_t at),
         (fd, buffer, count, at))

HOOK(ssize_t, write, (int fd, const void *buffer, size_t count))
{
    if (!shim_on())
        return REAL(write)(fd, buffer, count);
    uint64_t start = clock_ticks();
    ssize_t n = REAL(write)(fd, buffer, count);
    record_output(VL_file_write, fd, buffer, n, start);
    plain_moved(fd, DEEP_SENT, buffer, n);
    return n;
}

/* The text of a writev comes in parts, each a piece of its own. */
HOOK(ssize_t, writev, (int fd, const struct iovec *parts, int count))
{
    if (!shim_on())
        return REAL(writev)(fd, parts, count);
    uint64_t start = clock_ticks();
    ssize_t n = REAL(writev)(fd, parts, count);
    record_io(VL_file_writev, fd, n, start);
    plain_moved_parts(fd, DEEP_SENT, parts, (size_t)count, n);
    if (unlikely(shim.prompts) && (unsigned)(fd - 1) >= 2 && n > 0)
        prompts_written_parts(fd, parts, (size_t)count, (size_t)n);
    if (unlikely((unsigned)(fd - 1) < 2)) {
        size_t left = n > 0 ? (size_t)n : 0;
        for (int i = 0; i < count && left > 0; i++) {
            struct iovec part = user_part(&parts[i], left);
            if (part.iov_len > 0)
                lines_written(fd, part.iov_base, part.iov_len);
            left -= part.iov_len;
        }
    }
    return n;
}
