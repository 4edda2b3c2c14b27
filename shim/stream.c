/* Looking at streams before and after a call; see stream.h. */
#include "stream.h"

#include "config.h"
#include "user_memory.h"

#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define STASH_BYTES 4096

/* What waits on standard output and standard error when a call begins: it may be overwritten before it is
 * over. Guarded by the stream's lock. */
static char stash[2][STASH_BYTES] TABLE;

CALLS(void, flockfile, (FILE *));
CALLS(void, funlockfile, (FILE *));
CALLS(int, __overflow, (FILE *, int));
CALLS(wint_t, __woverflow, (FILE *, wint_t));

bool stream_lock(FILE *f, bool takes_lock)
{
    if (stream_is_ours(f, takes_lock))
        return false;
    REAL(flockfile)(f);
    return true;
}

void stream_unlock(FILE *f, bool locked)
{
    if (locked)
        REAL(funlockfile)(f);
}

/* While characters that were pushed back are read, the buffer itself is the saved area. */
static size_t unread_in(const FILE *f)
{
    size_t saved = f->_flags & STREAM_IN_BACKUP ? (size_t)(f->_IO_save_end - f->_IO_save_base) : 0;
    return stream_at_hand(f) + saved;
}

static int64_t position_of(int fd) { return raw(SYS_lseek, fd, 0, SEEK_CUR); }

/* A way to know what moves where the pointers will not tell. */
static void begin_count(struct stream *s)
{
    const struct fd_entry *e = fds_known(s->fd);
    if (e && (fds_type(e) == VL_FD_FILE || fds_type(e) == VL_FD_DEVICE))
        s->position = position_of(s->fd);
}

static void begin_count_of_moves(struct stream *s)
{
    const struct fd_entry *e = fds_known(s->fd);
    if (e && fds_type(e) == VL_FD_FILE)
        s->position = position_of(s->fd);
    if (s->position < 0 && s->file->_offset == -1 && !(s->file->_flags & STREAM_APPENDS)) {
        s->file->_offset = STREAM_COUNTER;
        s->counts = true;
    }
}

static void keep_waiting(struct stream *s)
{
    if (s->waiting > STASH_BYTES) {
        lines_written(s->fd, s->file->_IO_write_base, s->waiting);
    } else {
        s->stashed = user_copy(stash[s->fd - 1], s->file->_IO_write_base, s->waiting) == s->waiting;
    }
}

/* Libc writes a line-buffered standard output out before it reads what is not fully buffered; of which kind a
 * stream is may show in its first call alone. */
static size_t prompt_of(const FILE *f)
{
    int flags = stdout->_flags & (STREAM_LINKED | STREAM_NO_WRITES | STREAM_LINE_BUFFERED);
    bool line_buffered = flags == (STREAM_LINKED | STREAM_LINE_BUFFERED);
    return f != stdout && line_buffered && stdout->_fileno >= 0 ? stream_waiting(stdout) : 0;
}

void stream_begin(struct stream *s, FILE *f, bool locked, enum stream_how how)
{
    *s = (struct stream){.file = f, .fd = f->_fileno, .error = errno, .locked = locked, .position = -1};
    if (f->_fileno < 0)
        return;
    stream_forget_count(f);
    s->waiting = stream_waiting(f);
    s->unread = unread_in(f);
    s->room = stream_room(f);
    s->failed = f->_flags & STREAM_ERROR;
    s->offset = f->_offset;
    s->pushed = f->_flags & STREAM_IN_BACKUP;
    if (f->_offset >= 0 && f->_IO_read_base && !(f->_flags & STREAM_PUTTING))
        s->held = (s->pushed ? f->_IO_save_end : f->_IO_read_end) - f->_IO_buf_base;
    if (s->failed) /* what cannot be written to is for libc to find out */
        f->_flags &= ~STREAM_ERROR;
    if (s->waiting > 0 && (unsigned)(s->fd - 1) < 2)
        keep_waiting(s);
    if (how == STREAM_MOVES || f->_mode > 0)
        begin_count_of_moves(s);
    else if (how == STREAM_WRITES || (how == STREAM_PRINTS && s->room < STREAM_PRINT))
        begin_count(s);
    if (how == STREAM_READS || how == STREAM_MOVES)
        s->prompt = prompt_of(f);
    s->start = clock_ticks();
}

void stream_began(struct stream *s, FILE *f, size_t waiting, bool failed, uint64_t start)
{
    *s = (struct stream){.file = f, .fd = f->_fileno, .position = -1, .waiting = waiting, .start = start};
    if (failed) /* whether this call failed too is not known */
        f->_flags &= ~STREAM_ERROR;
    s->failed = failed;
}

/* ---- after ---- */

/* Negative: not known. */
static int64_t moved(const struct stream *s)
{
    if (s->counts)
        return s->file->_offset >= STREAM_COUNTER ? s->file->_offset - STREAM_COUNTER : -1;
    int64_t now = s->position < 0 ? -1 : position_of(s->fd);
    return now < s->position ? -1 : now - s->position;
}

static bool has_failed(const struct stream *s) { return s->file->_flags & STREAM_ERROR; }

static void end(struct stream *s)
{
    if (s->counts)
        s->file->_offset = -1;
    if (s->failed)
        s->file->_flags |= STREAM_ERROR;
}

void stream_cancelled(void *stream)
{
    struct stream *s = stream;
    if (s->fd >= 0)
        end(s);
    stream_done(s);
}

static void record(uint8_t code, const struct stream *s, size_t bytes, bool failed)
{
    if (bytes > 0)
        record_move(code, s->fd, (ssize_t)bytes, s->start);
    if (failed)
        record_move(code, s->fd, -1, s->start);
}

static size_t difference(size_t a, size_t b) { return a > b ? a - b : 0; }

/* A write that failed: libc dropped what waited. More accepted than there was room for: the buffer went out.
 */
static size_t written_in_part(const struct stream *s, ssize_t accepted)
{
    int64_t exact = moved(s);
    if (exact >= 0)
        return (size_t)exact;
    if (has_failed(s) && (accepted < 0 || (size_t)accepted <= s->room))
        return 0;
    return difference(s->waiting + (accepted > 0 ? (size_t)accepted : 0), stream_waiting(s->file));
}

static size_t written(const struct stream *s, ssize_t accepted)
{
    if (has_failed(s) || accepted < 0 || s->file->_mode > 0)
        return written_in_part(s, accepted);
    return difference(s->waiting + (size_t)accepted, stream_waiting(s->file));
}

static void end_write(struct stream *s, size_t bytes)
{
    bool failed = has_failed(s);
    end(s);
    record(VL_stdio_write, s, bytes, failed);
    if (s->stashed && bytes > 0)
        lines_said(s->fd, stash[s->fd - 1], bytes < s->waiting ? bytes : s->waiting);
}

size_t stream_wrote(struct stream *s, ssize_t accepted)
{
    if (s->fd < 0)
        return 0;
    size_t bytes = written(s, accepted);
    end_write(s, bytes);
    return difference(bytes, s->waiting);
}

/* The text is still where it was: nothing was added. */
static void end_prompt(const struct stream *s)
{
    size_t left = stream_waiting(stdout), bytes = difference(s->prompt, left);
    if (bytes == 0 || (stdout->_flags & STREAM_ERROR))
        return;
    record_move(VL_stdio_write, stdout->_fileno, (ssize_t)bytes, s->start);
    if ((unsigned)(stdout->_fileno - 1) < 2)
        lines_written(stdout->_fileno, stdout->_IO_buf_base, bytes);
}

/* Where the call did not say and nothing counted: what the last filling of the buffer brought. */
static size_t read_unknown(const struct stream *s)
{
    int64_t exact = moved(s);
    if (exact >= 0)
        return (size_t)exact;
    return s->unread == 0 ? (size_t)(s->file->_IO_read_end - s->file->_IO_read_base) : 0;
}

void stream_read(struct stream *s, ssize_t delivered)
{
    if (s->fd < 0)
        return;
    bool failed = has_failed(s), unknown = delivered < 0 || s->file->_mode > 0;
    size_t bytes = unknown ? read_unknown(s) : difference((size_t)delivered + unread_in(s->file), s->unread);
    size_t flushed = difference(s->waiting, stream_waiting(s->file));
    if (s->prompt > 0)
        end_prompt(s);
    if (flushed > 0 && s->file->_mode <= 0)
        end_write(s, flushed);
    else
        end(s);
    record(VL_stdio_read, s, bytes, failed && flushed == 0);
}

/* Beyond the end of a file libc reads what there is of the block, and gives it up for a mere seek. */
static size_t read_beyond_end(const struct stream *s)
{
    const FILE *f = s->file;
    int64_t most = f->_IO_buf_end - f->_IO_buf_base, from = f->_offset & ~(most - 1),
            wanted = f->_offset - from;
    struct stat now;
    if (wanted == 0 || wanted > most || raw(SYS_fstat, s->fd, &now) != 0 || now.st_size <= from)
        return 0;
    return now.st_size - from < wanted ? (size_t)(now.st_size - from) : 0;
}

/* Libc stays in the buffer if it holds the place; else it reads a whole block. */
static size_t read_by_seek(const struct stream *s, bool absolute)
{
    const FILE *f = s->file;
    off64_t place = f->_offset - (f->_IO_read_end - f->_IO_read_ptr);
    if (f->_offset < 0 || (f->_flags & STREAM_NO_READS) || !f->_IO_buf_base)
        return 0;
    if (place >= s->offset - s->held && place < s->offset)
        return 0;
    if (f->_IO_read_end > f->_IO_buf_base)
        return (size_t)(f->_IO_read_end - f->_IO_buf_base);
    return s->offset >= 0 || absolute ? read_beyond_end(s) : 0;
}

void stream_sought(struct stream *s, bool absolute)
{
    if (s->fd < 0)
        return;
    size_t bytes = read_by_seek(s, absolute);
    end_write(s, has_failed(s) ? 0 : difference(s->waiting, stream_waiting(s->file)));
    record(VL_stdio_read, s, bytes, false);
}

/* As libc does when it closes or exits; fflush would begin a new count. */
static int overflow(FILE *f)
{
    return f->_mode > 0 ? (REAL(__woverflow)(f, WEOF) == WEOF ? EOF : 0) : REAL(__overflow)(f, EOF);
}

int stream_flush(FILE *f, bool takes_lock)
{
    int result = 0;
    bool locked = stream_lock(f, takes_lock);
    struct stream s;
    stream_begin(&s, f, locked, STREAM_WRITES);
    STREAM_GUARDED(&s, result = overflow(f));
    stream_wrote(&s, 0);
    stream_done(&s);
    return result;
}

int stream_flush_wide(FILE *f, bool takes_lock)
{
    return f->_mode > 0 && stream_holds(f) && f->_fileno >= 0 ? stream_flush(f, takes_lock) : 0;
}
