/* Calls that empty a stream's buffer, change it or move the place in the file: they may write out what waits,
 * or read a block. */
#include "stream.h"

/* ---- flushing ---- */

#define FLUSH_ROW(name, takes_lock)                                                                          \
    CALLS(int, name, (FILE * f));                                                                            \
    static __attribute__((noinline)) int one_##name(FILE *f)                                                 \
    {                                                                                                        \
        struct stream s;                                                                                     \
        int result;                                                                                          \
        int flushed = stream_flush_wide(f, takes_lock);                                                      \
        stream_begin(&s, f, stream_lock(f, takes_lock), STREAM_WRITES);                                      \
        STREAM_GUARDED(&s, result = REAL(name)(f));                                                          \
        stream_wrote(&s, 0);                                                                                 \
        stream_done(&s);                                                                                     \
        return flushed == 0 ? result : EOF;                                                                  \
    }                                                                                                        \
    HOOK_ONLY(int, name, (FILE * f))                                                                         \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(f);                                                                            \
        return f ? one_##name(f) : streams_flush(REAL(name), false);                                         \
    }

FLUSH_ROW(fflush, true)
FLUSH_ROW(fflush_unlocked, false)
FLUSH_ROW(_IO_fflush, true)

/* As fflush(NULL): of the line-buffered streams, and of all as the program ends. */
CALLS(void, _flushlbf, (void));
CALLS(int, fcloseall, (void));

static int flush_line_buffered(FILE *none)
{
    (void)none;
    REAL(_flushlbf)();
    return 0;
}

static int close_all(FILE *none)
{
    (void)none;
    return REAL(fcloseall)();
}

HOOK_ONLY(void, _flushlbf, (void))
{
    if (shim_on())
        streams_flush(flush_line_buffered, true);
    else
        REAL(_flushlbf)();
}

HOOK_ONLY(int, fcloseall, (void)) { return shim_on() ? streams_flush(close_all, false) : REAL(fcloseall)(); }

/* ---- another buffer ---- */

/* Only a buffer of another kind or place makes libc write out what waits. */
HOOK(int, setvbuf, (FILE * f, char *buffer, int mode, size_t size))
{
    bool flushes = shim_on() && stream_holds(f) && (buffer || mode == _IONBF);
    if (flushes && stream_flush(f, true) != 0)
        return EOF;
    return REAL(setvbuf)(f, buffer, mode, size);
}

#define SETBUF_ROW(name, params, args)                                                                       \
    HOOK(void, name, params)                                                                                 \
    {                                                                                                        \
        if (shim_on() && stream_holds(f))                                                                    \
            stream_flush(f, true);                                                                           \
        REAL(name) args;                                                                                     \
    }

SETBUF_ROW(setbuf, (FILE * f, char *buffer), (f, buffer))
SETBUF_ROW(setbuffer, (FILE * f, char *buffer, size_t size), (f, buffer, size))

/* ---- another place ---- */

/* What wide characters wait must be out before. */
static void begin_seek(struct stream *s, FILE *f)
{
    stream_flush_wide(f, true);
    stream_begin(s, f, stream_lock(f, true), STREAM_SEEKS);
}

#define SEEK_ROW(name, params, args, absolute)                                                               \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name) args;                                                                          \
        struct stream s;                                                                                     \
        begin_seek(&s, f);                                                                                   \
        int result;                                                                                          \
        STREAM_GUARDED(&s, result = REAL(name) args);                                                        \
        stream_sought(&s, absolute);                                                                         \
        stream_done(&s);                                                                                     \
        return result;                                                                                       \
    }

SEEK_ROW(fseek, (FILE * f, long to, int whence), (f, to, whence), whence != SEEK_CUR)
SEEK_ROW(fseeko, (FILE * f, off_t to, int whence), (f, to, whence), whence != SEEK_CUR)
SEEK_ROW(fseeko64, (FILE * f, off64_t to, int whence), (f, to, whence), whence != SEEK_CUR)
SEEK_ROW(fsetpos, (FILE * f, const fpos_t *to), (f, to), true)
SEEK_ROW(fsetpos64, (FILE * f, const fpos64_t *to), (f, to), true)

/* It clears the error flag too. */
HOOK(void, rewind, (FILE * f))
{
    if (!shim_on()) {
        REAL(rewind)(f);
        return;
    }
    struct stream s;
    begin_seek(&s, f);
    STREAM_GUARDED(&s, REAL(rewind)(f));
    s.failed = false;
    stream_sought(&s, true);
    stream_done(&s);
}

/* These move nothing; they ask for the place, of which a count must not be left over. */
#define TELL_ROW(type, name, params, args)                                                                   \
    HOOK(type, name, params)                                                                                 \
    {                                                                                                        \
        if (shim_on())                                                                                       \
            stream_forget_count(f);                                                                          \
        return REAL(name) args;                                                                              \
    }

TELL_ROW(long, ftell, (FILE * f), (f))
TELL_ROW(off_t, ftello, (FILE * f), (f))
TELL_ROW(off64_t, ftello64, (FILE * f), (f))
TELL_ROW(int, fgetpos, (FILE * f, fpos_t *at), (f, at))
TELL_ROW(int, fgetpos64, (FILE * f, fpos64_t *at), (f, at))
