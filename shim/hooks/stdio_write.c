/* Writing characters, strings and blocks to streams. */
#include "stream.h"

/* ---- blocks ---- */

/* Asked for bytes, fwrite tells how many it took even where that is no whole item. An accepted EOF means: all
 * is in the buffer. */
#define FWRITE_ROW(name, takes_lock)                                                                         \
    STREAM_ROW(size_t, name, (const void *data, size_t size, size_t count, FILE *to),                        \
               (data, size, count, to), to, takes_lock, size *count <= stream_room(f), STREAM_WRITES,        \
               result = REAL(name)(data, 1, size * count, f), {                                              \
                   stream_said(&s, data, stream_wrote(&s, (ssize_t)result));                                 \
                   result = result == size * count ? (result > 0 ? count : 0) : result / size;               \
               })

FWRITE_ROW(fwrite, true)
FWRITE_ROW(fwrite_unlocked, false)
FWRITE_ROW(_IO_fwrite, true)

STREAM_ROW(int, putw, (int word, FILE *to), (word, to), to, true, sizeof word <= stream_room(f),
           STREAM_WRITES, result = REAL(putw)(word, f),
           stream_said(&s, &word, stream_wrote(&s, result == EOF ? 0 : (ssize_t)sizeof word)))

/* ---- strings ---- */

#define FPUTS_ROW(name, takes_lock)                                                                          \
    STREAM_ROW(int, name, (const char *text, FILE *to), (text, to), to, takes_lock,                          \
               strlen(text) <= stream_room(f), STREAM_WRITES,                                                \
               (s.given = strlen(text), result = REAL(name)(text, f)),                                       \
               stream_said(&s, text, stream_wrote(&s, result == EOF ? -1 : (ssize_t)s.given)))

FPUTS_ROW(fputs, true)
FPUTS_ROW(fputs_unlocked, false)
FPUTS_ROW(_IO_fputs, true)

/* A line and its end, of which so many bytes reached the kernel. */
static void said_line(const struct stream *s, const char *text, size_t bytes)
{
    stream_said(s, text, bytes < s->given ? bytes : s->given);
    if (bytes > s->given)
        stream_said(s, "\n", 1);
}

#define PUTS_ROW(name)                                                                                       \
    STREAM_ROW(int, name, (const char *text), (text), stdout, true, strlen(text) < stream_room(f),           \
               STREAM_WRITES, (s.given = strlen(text), result = REAL(name)(text)),                           \
               said_line(&s, text, stream_wrote(&s, result == EOF ? -1 : (ssize_t)s.given + 1)))

PUTS_ROW(puts)
PUTS_ROW(_IO_puts)

/* ---- characters ---- */

/* The whole of putc where it fits, which is what the header's own macro does. */
#define PUTC_ROW(name, params, args, which, takes_lock)                                                      \
    CALLS(int, name, params);                                                                                \
    static COLD int slow_##name params                                                                       \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        struct stream s;                                                                                     \
        int result;                                                                                          \
        char text = (char)c;                                                                                 \
        bool locked = stream_lock(f, takes_lock);                                                            \
        if (f->_IO_write_ptr < f->_IO_write_end) {                                                           \
            result = REAL(name) args;                                                                        \
            stream_unlock(f, locked);                                                                        \
            return result;                                                                                   \
        }                                                                                                    \
        stream_begin(&s, f, locked, STREAM_WRITES);                                                          \
        STREAM_GUARDED(&s, result = REAL(name) args);                                                        \
        stream_said(&s, &text, stream_wrote(&s, result != EOF && c != EOF));                                 \
        stream_done(&s);                                                                                     \
        return result;                                                                                       \
    }                                                                                                        \
    HOOK_ONLY(int, name, params)                                                                             \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        if (likely(shim_on() && f->_IO_write_ptr < f->_IO_write_end && stream_is_ours(f, takes_lock)))       \
            return (unsigned char)(*f->_IO_write_ptr++ = (char)c);                                           \
        return shim_on() ? slow_##name args : REAL(name) args;                                               \
    }

PUTC_ROW(fputc, (int c, FILE *to), (c, to), to, true)
PUTC_ROW(putc, (int c, FILE *to), (c, to), to, true)
PUTC_ROW(_IO_putc, (int c, FILE *to), (c, to), to, true)
PUTC_ROW(fputc_unlocked, (int c, FILE *to), (c, to), to, false)
PUTC_ROW(putc_unlocked, (int c, FILE *to), (c, to), to, false)
PUTC_ROW(putchar, (int c), (c), stdout, true)
PUTC_ROW(putchar_unlocked, (int c), (c), stdout, false)

/* What putc_unlocked calls where the compiler has expanded it: the buffer is full, or there is none. */
HOOK(int, __overflow, (FILE * f, int c))
{
    if (!shim_on())
        return REAL(__overflow)(f, c);
    struct stream s;
    char text = (char)c;
    stream_begin(&s, f, false, STREAM_WRITES);
    int result = REAL(__overflow)(f, c);
    stream_said(&s, &text, stream_wrote(&s, result != EOF && c != EOF));
    return result;
}
