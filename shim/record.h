/* Recording a call that moved bytes, on the host's critical path: two looks at the clock and a few stores. */
#ifndef SHIM_RECORD_H
#define SHIM_RECORD_H

#include "clock.h"
#include "fds.h"
#include "lines.h"
#include "prompts.h"
#include "samples.h"
#include "vl/event.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>

/* What one compact event takes at the most. */
#define RECORD_ROOM (1 + 4 * VL_VARINT_MAX)
_Static_assert(RECORD_ROOM < 64, "threads.c takes an abandoned event for no longer");

/* Unknown descriptor, full chunk, failed call, signal handler, another video. */
void record_io_slow(uint8_t code, int fd, ssize_t result, struct timing t, uintptr_t frame);

/* True: stored. */
static inline __attribute__((always_inline)) bool record_io_fast(uint8_t code, int fd, uint64_t bytes,
                                                                 struct timing t)
{
    struct thread *thread = thread_self;
    struct writer *w = likely(thread != NULL) ? thread->current : NULL;
    if (unlikely(!w || w->limit == 0 || (unsigned)fd >= FDS_DIRECT))
        return false;
    uint32_t serial = fds_serial(&fds_direct[fd]);
    writer_mark(
        w, THIS_FRAME); /* from here on a signal handler keeps off; what came before it is looked at now */
    if (unlikely(w->seen[(unsigned)fd % SEEN_FDS] != serial || w->cursor + RECORD_ROOM > w->end)) {
        writer_release(w);
        return false;
    }
    uint64_t since = writer_since(w, t.end), took = t.end - t.start;
    uint8_t *p = (uint8_t *)w->cursor + 1;
    if (likely((since | took | (uint64_t)fd | bytes) < 128)) {
        uint32_t body = (uint32_t)(since | took << 8 | (uint64_t)fd << 16 | bytes << 24);
        memcpy(p, &body, 4);
        p += 4;
    } else {
        p = vl_put_varint(vl_put_varint(p, since), took);
        p = vl_put_varint(vl_put_varint(p, (uint64_t)fd), bytes);
    }
    writer_commit(w, code, p, w->last + since);
    return true;
}

/* After the call; start: ticks before it. errno is as the call left it. */
static inline __attribute__((always_inline)) void record_io(uint8_t code, int fd, ssize_t result,
                                                            uint64_t start)
{
    uint64_t end = clock_ticks();
    struct timing t = {start >> shim.shift, end >> shim.shift};
    if (unlikely(result < 0) || !record_io_fast(code, fd, (uint64_t)result, t))
        record_io_slow(code, fd, result, t, THIS_FRAME);
    samples_pass(end);
}

/* The same for calls that are not worth a copy of the above each. */
void record_move(uint8_t code, int fd, ssize_t result, uint64_t start);

/* The same for bytes that went from one descriptor to another. A call that failed is told of the writing
 * side. */
void record_transfer(int from, int to, ssize_t result, uint64_t start);

/* The same for a call that wrote text on 1 or 2, which may be a line to keep. */
static inline __attribute__((always_inline)) void record_output(uint8_t code, int fd, const void *text,
                                                                ssize_t result, uint64_t start)
{
    record_io(code, fd, result, start);
    if (unlikely((unsigned)(fd - 1) < 2 && result > 0))
        lines_written(fd, text, (size_t)result);
    else if (unlikely(shim.prompts) && result > 0)
        prompts_written(fd, text, (size_t)result);
}

#endif
