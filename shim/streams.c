/* All open streams at once. Libc's list of them is walked under libc's own lock of it, by calls that take
 * that lock anyway. */
#include "stream.h"

#define LISTED 64

extern FILE *_IO_list_all __attribute__((weak));

CALLS(void, _IO_list_lock, (void));
CALLS(void, _IO_list_unlock, (void));

struct listed {
    FILE *file;
    const char *text;
    size_t waiting;
    bool failed;
};

struct list {
    struct listed of[LISTED];
};

static FILE *first(void) { return &_IO_list_all ? _IO_list_all : NULL; }

static unsigned list(struct listed *listed)
{
    unsigned n = 0;
    REAL(_IO_list_lock)();
    for (FILE *f = first(); f && n < LISTED; f = f->_chain)
        if (f->_fileno >= 0 && stream_waiting(f) > 0)
            listed[n++] = (struct listed){f, f->_IO_write_base, stream_waiting(f), f->_flags & STREAM_ERROR};
    REAL(_IO_list_unlock)();
    return n;
}

/* Another thread may have closed it meanwhile. */
static bool is_open(const FILE *wanted)
{
    FILE *f = first();
    while (f && f != wanted)
        f = f->_chain;
    return f;
}

/* The text of a stream that was merely flushed still lies in its buffer. */
static void tell(const struct listed *l, uint64_t start)
{
    const FILE *f = l->file;
    if (!is_open(f))
        return;
    size_t left = stream_waiting(f);
    if (left >= l->waiting || (!l->failed && (f->_flags & STREAM_ERROR)))
        return;
    record_move(VL_stdio_write, f->_fileno, (ssize_t)(l->waiting - left), start);
    if ((unsigned)(f->_fileno - 1) < 2)
        lines_written(f->_fileno, l->text, l->waiting - left);
}

/* What wide characters wait is told by the difference of positions, one stream at a time. */
static int flush_wide(bool line_buffered)
{
    int result = 0;
    REAL(_IO_list_lock)();
    for (FILE *f = first(); f; f = f->_chain)
        if (f->_mode > 0 && f->_fileno >= 0 && stream_holds(f) &&
            (!line_buffered || (f->_flags & STREAM_LINE_BUFFERED)))
            result |= stream_flush(f, true);
    REAL(_IO_list_unlock)();
    return result;
}

COLD int streams_flush(int (*flush)(FILE *), bool line_buffered)
{
    SCRATCH(struct list, listed);
    int failed = flush_wide(line_buffered);
    unsigned n = listed ? list(listed->of) : 0;
    uint64_t start = clock_ticks();
    int result = flush(NULL);
    if (n > 0)
        REAL(_IO_list_lock)();
    for (unsigned i = 0; i < n; i++)
        tell(&listed->of[i], start);
    if (n > 0)
        REAL(_IO_list_unlock)();
    return failed ? EOF : result;
}

/* Libc does the same next, in the same order, under the same lock. */
COLD void streams_end(void)
{
    int error = errno;
    REAL(_IO_list_lock)();
    for (FILE *f = first(); f; f = f->_chain)
        if (f->_fileno >= 0 && stream_holds(f))
            stream_flush(f, false);
    REAL(_IO_list_unlock)();
    errno = error;
}
