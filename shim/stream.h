/* What a call on a stdio stream moved in the kernel, told from the stream's own public fields.
 *
 * A call that adds to the buffer or takes from it moves nothing; whether it does is seen from the pointers
 * before it is made. Around any other call the buffer is looked at twice, and
 *
 *   written = bytes accepted + what waited before - what waits after
 *   read    = bytes delivered + what lies unread after - what lay unread before
 *
 * which holds for every buffering mode, for transfers that go around the buffer, and after ungetc. Where a
 * call does not say what it accepted or delivered (a failed write: libc drops the buffer; scanf; wide
 * streams) the difference of the descriptor's position counts, and where there is none, libc's own count of
 * it: _offset, which is unknown
 * (-1) on such a stream, begins at STREAM_COUNTER and is unknown again afterwards.
 *
 * Streams without a descriptor (fmemopen, open_memstream, fopencookie) are left alone. A stream's lock is
 * taken only round calls that take it anyway, and only where there is more than one thread. */
#ifndef SHIM_STREAM_H
#define SHIM_STREAM_H

#include "hook.h"
#include "record.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/single_threaded.h>

/* Of _flags, which libc has never changed. */
#define STREAM_UNBUFFERED    0x0002
#define STREAM_NO_READS      0x0004
#define STREAM_NO_WRITES     0x0008
#define STREAM_END           0x0010
#define STREAM_ERROR         0x0020
#define STREAM_LINKED        0x0080
#define STREAM_IN_BACKUP     0x0100
#define STREAM_LINE_BUFFERED 0x0200
#define STREAM_PUTTING       0x0800
#define STREAM_APPENDS       0x1000
#define STREAM_USER_LOCK     0x8000

#define STREAM_COUNTER ((off64_t)1 << 61)
#define STREAM_PRINT   256 /* a printf seldom adds more */

/* What a call may do that pointers alone do not tell. */
enum stream_how {
    STREAM_READS,  /* it says what it delivered */
    STREAM_WRITES, /* it says what it accepted, unless it fails */
    STREAM_PRINTS, /* the same, and most of the calls fit into the buffer */
    STREAM_SEEKS,  /* it may change the place */
    STREAM_MOVES   /* it says nothing */
};

/* A call that may move bytes. */
struct stream {
    FILE *file;
    int fd;    /* -1: nothing is recorded */
    int error; /* errno before */
    bool locked;
    bool counts;  /* _offset counts */
    bool failed;  /* the error flag was set before */
    bool putting; /* the buffer holds what is written, not what was read */
    bool pushed;  /* characters that were pushed back lay before what is unread */
    bool stashed; /* the text that waited on descriptor 1 or 2 is kept */
    size_t waiting;
    size_t unread;
    size_t room;
    size_t given;     /* bytes of the text, counted before the call: it may be gone after it */
    size_t prompt;    /* what waits on a line-buffered standard output, which reading writes out */
    off64_t offset;   /* libc's, of the end of what the buffer holds; -1: not known */
    ptrdiff_t held;   /* bytes of the file in the buffer; 0: none, or not known which */
    int64_t position; /* of the descriptor; negative: not known */
    uint64_t start;
};

/* ---- before: does it fit into the buffer? ---- */

static inline size_t stream_room(const FILE *f)
{
    bool any = f->_IO_write_ptr < f->_IO_write_end && !(f->_flags & STREAM_LINE_BUFFERED);
    return any ? (size_t)(f->_IO_write_end - f->_IO_write_ptr) : 0;
}

static inline size_t stream_at_hand(const FILE *f)
{
    return f->_IO_read_ptr < f->_IO_read_end ? (size_t)(f->_IO_read_end - f->_IO_read_ptr) : 0;
}

static inline size_t stream_waiting(const FILE *f)
{
    return f->_IO_write_ptr > f->_IO_write_base ? (size_t)(f->_IO_write_ptr - f->_IO_write_base) : 0;
}

/* Something may be written out. What wide characters wait is not among the public fields. */
static inline bool stream_holds(const FILE *f)
{
    return stream_waiting(f) > 0 || (f->_mode > 0 && (f->_flags & STREAM_PUTTING));
}

/* No other thread can come between a look at the buffer and the call. */
static inline bool stream_is_ours(const FILE *f, bool takes_lock)
{
    return !takes_lock || __libc_single_threaded || (f->_flags & STREAM_USER_LOCK);
}

/* ---- round it ---- */

/* True: locked, to be undone by stream_done. */
bool stream_lock(FILE *f, bool takes_lock);
void stream_unlock(FILE *f, bool locked);

void stream_begin(struct stream *s, FILE *f, bool locked, enum stream_how how);

/* For a call that was thought to fit and did not: as it would have begun. */
void stream_began(struct stream *s, FILE *f, size_t waiting, bool failed, uint64_t start);

/* The cleanup of a call that is cancelled. */
void stream_cancelled(void *s);

/* accepted: bytes the call took, negative if it did not say. Returns how many of them reached the kernel. */
size_t stream_wrote(struct stream *s, ssize_t accepted);

/* delivered: bytes the call gave, negative if it did not say. */
void stream_read(struct stream *s, ssize_t delivered);

/* Text of which bytes reached descriptor 1 or 2. */
static inline void stream_said(const struct stream *s, const void *text, size_t bytes)
{
    if (bytes > 0 && (unsigned)(s->fd - 1) < 2)
        lines_written(s->fd, text, bytes);
}

static inline void stream_done(const struct stream *s) { stream_unlock(s->file, s->locked); }

/* A call that changed the place: what had waited is written, and a block may have been read. absolute: it
 * named the place itself. */
void stream_sought(struct stream *s, bool absolute);

/* Before a stream's descriptor goes away: writes out what waits, as the call would. 0 or EOF with errno. */
int stream_flush(FILE *f, bool takes_lock);

/* The same for wide characters alone, before a call after which their count would not be known. */
int stream_flush_wide(FILE *f, bool takes_lock);

/* fflush(NULL) and its kin, and what the process writes out as it ends. */
int streams_flush(int (*flush)(FILE *), bool line_buffered);
void streams_end(void);

/* A count that a cancelled or jumped-out-of call left behind is unknown again. Before whatever asks for
 * positions. */
static inline void stream_forget_count(FILE *f)
{
    if (unlikely(f->_offset >= STREAM_COUNTER / 2))
        f->_offset = -1;
}

/* Libc would release the lock of a call that is cancelled; so must we, of ours. */
#define STREAM_GUARDED(s, call)                                                                              \
    do {                                                                                                     \
        if (likely(!(s)->locked)) {                                                                          \
            call;                                                                                            \
        } else {                                                                                             \
            pthread_cleanup_push(stream_cancelled, (s));                                                     \
            call;                                                                                            \
            pthread_cleanup_pop(0);                                                                          \
        }                                                                                                    \
    } while (0)

/* A row of a call on a stream.
 *   takes_lock  whether the function itself locks the stream
 *   fits        true if nothing will move, looked at with no other thread about
 *   how         enum stream_how
 *   call        sets result
 *   finish      ends the struct stream s */
#define STREAM_ROW(type, name, params, args, which, takes_lock, fits, how, call, finish)                     \
    CALLS(type, name, params);                                                                               \
    static COLD type slow_##name params                                                                      \
    {                                                                                                        \
        FILE *const f = (which);                                                                             \
        type result;                                                                                         \
        bool locked = stream_lock(f, takes_lock);                                                            \
        if (locked && (fits)) {                                                                              \
            result = REAL(name) args;                                                                        \
            stream_unlock(f, locked);                                                                        \
            return result;                                                                                   \
        }                                                                                                    \
        struct stream s;                                                                                     \
        stream_begin(&s, f, locked, how);                                                                    \
        STREAM_GUARDED(&s, call);                                                                            \
        finish;                                                                                              \
        stream_done(&s);                                                                                     \
        return result;                                                                                       \
    }                                                                                                        \
    HOOK_ONLY(type, name, params)                                                                            \
    {                                                                                                        \
        FILE *const f = (which);                                                                             \
        if (unlikely(!shim_on()) || (likely(stream_is_ours(f, takes_lock)) && likely(fits)))                 \
            return REAL(name) args;                                                                          \
        return slow_##name args;                                                                             \
    }

#endif
