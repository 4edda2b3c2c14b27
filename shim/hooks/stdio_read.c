/* Reading characters, lines and blocks from streams. */
#include "stream.h"
#include "user_memory.h"

/* ---- blocks ---- */

/* Asked for bytes, fread tells how many it gave even where that is no whole item. */
#define FREAD_ROW(name, params, args, takes_lock, call)                                                      \
    STREAM_ROW(size_t, name, params, args, from, takes_lock, size *count <= stream_at_hand(f), STREAM_READS, \
               result = call, {                                                                              \
                   stream_read(&s, (ssize_t)result);                                                         \
                   result = result == size * count ? (result > 0 ? count : 0) : result / size;               \
               })

#define FREAD_PLAIN(name, takes_lock)                                                                        \
    FREAD_ROW(name, (void *data, size_t size, size_t count, FILE *from), (data, size, count, from),          \
              takes_lock, REAL(name)(data, 1, size * count, f))

#define FREAD_CHECKED(name, takes_lock)                                                                      \
    FREAD_ROW(name, (void *data, size_t room, size_t size, size_t count, FILE *from),                        \
              (data, room, size, count, from), takes_lock, REAL(name)(data, room, 1, size * count, f))

FREAD_PLAIN(fread, true)
FREAD_PLAIN(fread_unlocked, false)
FREAD_PLAIN(_IO_fread, true)
FREAD_CHECKED(__fread_chk, true)
FREAD_CHECKED(__fread_unlocked_chk, false)

STREAM_ROW(int, getw, (FILE * from), (from), from, true, sizeof(int) <= stream_at_hand(f), STREAM_MOVES,
           result = REAL(getw)(f),
           stream_read(&s, feof_unlocked(f) || ferror_unlocked(f) ? -1 : (ssize_t)sizeof(int)))

/* ---- lines ---- */

/* A whole line is in the buffer, or as much of one as is asked for. */
static bool line_at_hand(const FILE *f, size_t most, int end)
{
    size_t n = stream_at_hand(f);
    return n >= most || (n > 0 && memchr(f->_IO_read_ptr, end, n));
}

/* Bytes that fgets gave: with NULs among them, what was at hand and what was taken of the one filling. */
static ssize_t line_bytes(const struct stream *s, const char *line)
{
    if (!line)
        return s->file->_flags & STREAM_ERROR ? -1 : 0;
    size_t n = user_length(line, SIZE_MAX), taken = (size_t)(s->file->_IO_read_ptr - s->file->_IO_read_base);
    bool filled = !s->pushed && !(s->file->_flags & STREAM_END);
    return (ssize_t)(filled && n < s->unread + taken ? s->unread + taken : n);
}

#define FGETS_ROW(name, params, args, takes_lock, call)                                                      \
    STREAM_ROW(char *, name, params, args, from, takes_lock,                                                 \
               size <= 1 || line_at_hand(f, (size_t)size - 1, '\n'), STREAM_READS, result = call,            \
               stream_read(&s, line_bytes(&s, result)))

FGETS_ROW(fgets, (char *line, int size, FILE *from), (line, size, from), true, REAL(fgets)(line, size, f))
FGETS_ROW(_IO_fgets, (char *line, int size, FILE *from), (line, size, from), true,
          REAL(_IO_fgets)(line, size, f))
FGETS_ROW(fgets_unlocked, (char *line, int size, FILE *from), (line, size, from), false,
          REAL(fgets_unlocked)(line, size, f))
FGETS_ROW(__fgets_chk, (char *line, size_t room, int size, FILE *from), (line, room, size, from), true,
          REAL(__fgets_chk)(line, room, size, f))
FGETS_ROW(__fgets_unlocked_chk, (char *line, size_t room, int size, FILE *from), (line, room, size, from),
          false, REAL(__fgets_unlocked_chk)(line, room, size, f))

/* gets gives the line without its end. */
static ssize_t gets_bytes(const struct stream *s, const char *line)
{
    return line ? (ssize_t)user_length(line, SIZE_MAX) + !(s->file->_flags & STREAM_END)
                : line_bytes(s, line);
}

#define GETS_ROW(name, params, args)                                                                         \
    STREAM_ROW(char *, name, params, args, stdin, true, line_at_hand(f, SIZE_MAX, '\n'), STREAM_READS,       \
               result = REAL(name) args, stream_read(&s, gets_bytes(&s, result)))

GETS_ROW(gets, (char *line), (line))
GETS_ROW(_IO_gets, (char *line), (line))
GETS_ROW(__gets_chk, (char *line, size_t room), (line, room))

#define GETLINE_ROW(name, params, args, end)                                                                 \
    STREAM_ROW(ssize_t, name, params, args, from, true, line_at_hand(f, SIZE_MAX, end), STREAM_READS,        \
               result = REAL(name) args, stream_read(&s, result < 0 && feof_unlocked(f) ? 0 : result))

GETLINE_ROW(getline, (char **line, size_t *room, FILE *from), (line, room, from), '\n')
GETLINE_ROW(getdelim, (char **line, size_t *room, int end, FILE *from), (line, room, end, from), end)
GETLINE_ROW(__getdelim, (char **line, size_t *room, int end, FILE *from), (line, room, end, from), end)

/* ---- characters ---- */

/* The whole of getc where there is one, which is what the header's own macro does. */
#define GETC_ROW(name, params, args, which, takes_lock)                                                      \
    CALLS(int, name, params);                                                                                \
    static COLD int slow_##name params                                                                       \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        struct stream s;                                                                                     \
        int result;                                                                                          \
        bool locked = stream_lock(f, takes_lock);                                                            \
        if (f->_IO_read_ptr < f->_IO_read_end) {                                                             \
            result = REAL(name) args;                                                                        \
            stream_unlock(f, locked);                                                                        \
            return result;                                                                                   \
        }                                                                                                    \
        stream_begin(&s, f, locked, STREAM_READS);                                                           \
        STREAM_GUARDED(&s, result = REAL(name) args);                                                        \
        stream_read(&s, result != EOF);                                                                      \
        stream_done(&s);                                                                                     \
        return result;                                                                                       \
    }                                                                                                        \
    HOOK_ONLY(int, name, params)                                                                             \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        if (likely(shim_on() && f->_IO_read_ptr < f->_IO_read_end && stream_is_ours(f, takes_lock)))         \
            return (unsigned char)*f->_IO_read_ptr++;                                                        \
        return shim_on() ? slow_##name args : REAL(name) args;                                               \
    }

GETC_ROW(fgetc, (FILE * from), (from), from, true)
GETC_ROW(getc, (FILE * from), (from), from, true)
GETC_ROW(_IO_getc, (FILE * from), (from), from, true)
GETC_ROW(fgetc_unlocked, (FILE * from), (from), from, false)
GETC_ROW(getc_unlocked, (FILE * from), (from), from, false)
GETC_ROW(getchar, (void), (), stdin, true)
GETC_ROW(getchar_unlocked, (void), (), stdin, false)

/* What getc_unlocked calls where the compiler has expanded it. __underflow only looks. */
#define FILL_ROW(name, delivers)                                                                             \
    HOOK(int, name, (FILE * f))                                                                              \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name)(f);                                                                            \
        struct stream s;                                                                                     \
        stream_begin(&s, f, false, STREAM_READS);                                                            \
        int result = REAL(name)(f);                                                                          \
        stream_read(&s, (delivers) && result != EOF);                                                        \
        return result;                                                                                       \
    }

FILL_ROW(__uflow, true)
FILL_ROW(__underflow, false)
