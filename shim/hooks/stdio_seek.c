/* Calls that empty a stream's buffer, change it or move the place in the file: they may write out what waits,
 * or read a block. */
#include "stream.h"

/* ---- flushing ---- */

#define FLUSH_ROW(name, takes_lock)                                                                          \
    HOOK(int, name, (FILE * f))                                                                              \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(f);                                                                            \
        if (!f)                                                                                              \
            return streams_flush(REAL(name));                                                                \
        struct stream s;                                                                                     \
        int result;                                                                                          \
        stream_begin(&s, f, stream_lock(f, takes_lock), STREAM_WRITES);                                      \
        STREAM_GUARDED(&s, result = REAL(name)(f));                                                          \
        stream_wrote(&s, 0);                                                                                 \
        stream_done(&s);                                                                                     \
        return result;                                                                                       \
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
        streams_flush(flush_line_buffered);
    else
        REAL(_flushlbf)();
}

HOOK_ONLY(int, fcloseall, (void)) { return shim_on() ? streams_flush(close_all) : REAL(fcloseall)(); }

/* ---- another buffer ---- */

STREAM_ROW(int, setvbuf, (FILE * of, char *buffer, int mode, size_t size), (of, buffer, mode, size), of, true,
           false, STREAM_WRITES, result = REAL(setvbuf)(f, buffer, mode, size), stream_wrote(&s, 0))

#define SETBUF_ROW(name, params, args)                                                                       \
    HOOK(void, name, params)                                                                                 \
    {                                                                                                        \
        if (shim_on() && stream_holds(f))                                                                    \
            stream_flush(f, true);                                                                           \
        REAL(name) args;                                                                                     \
    }

SETBUF_ROW(setbuf, (FILE * f, char *buffer), (f, buffer))
SETBUF_ROW(setbuffer, (FILE * f, char *buffer, size_t size), (f, buffer, size))
SETBUF_ROW(setlinebuf, (FILE * f), (f))

/* ---- another place ---- */

/* What wide characters wait must be out before: its count is a difference of positions. */
static off64_t begin_seek(struct stream *s, FILE *f)
{
    if (f->_mode > 0 && stream_holds(f))
        stream_flush(f, true);
    stream_begin(s, f, stream_lock(f, true), STREAM_SEEKS);
    return f->_offset;
}

#define SEEK_ROW(name, params, args, absolute)                                                               \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name) args;                                                                          \
        struct stream s;                                                                                     \
        off64_t before = begin_seek(&s, f);                                                                  \
        int result;                                                                                          \
        STREAM_GUARDED(&s, result = REAL(name) args);                                                        \
        stream_sought(&s, before, absolute);                                                                 \
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
    off64_t before = begin_seek(&s, f);
    STREAM_GUARDED(&s, REAL(rewind)(f));
    s.failed = false;
    stream_sought(&s, before, true);
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
