/* Wide characters. What their conversion makes of them is not among the public fields, so bytes are the
 * difference of positions, or libc's own count (stream.h); their text is not kept. */
#include "stream.h"

#include <stdarg.h>
#include <wchar.h>

/* How the wide buffer begins, which was public once and has never changed. */
struct _IO_wide_data {
    wchar_t *read_ptr, *read_end, *read_base, *write_base, *write_ptr, *write_end;
};

static size_t wide_room(const FILE *f)
{
    const struct _IO_wide_data *w = f->_wide_data;
    bool any = f->_mode > 0 && !(f->_flags & STREAM_LINE_BUFFERED) && w->write_ptr < w->write_end;
    return any ? (size_t)(w->write_end - w->write_ptr) : 0;
}

static size_t wide_at_hand(const FILE *f)
{
    const struct _IO_wide_data *w = f->_wide_data;
    return f->_mode > 0 && w->read_ptr < w->read_end ? (size_t)(w->read_end - w->read_ptr) : 0;
}

static bool wide_line_at_hand(const FILE *f, size_t most)
{
    size_t n = wide_at_hand(f);
    return n >= most || (n > 0 && wmemchr(f->_wide_data->read_ptr, L'\n', n));
}

#define WIDE_PUT(type, name, params, args, which, takes_lock, fits)                                          \
    STREAM_ROW(type, name, params, args, which, takes_lock, fits, STREAM_MOVES, result = REAL(name) args,    \
               stream_wrote(&s, -1))

#define WIDE_GET(type, name, params, args, which, takes_lock, fits)                                          \
    STREAM_ROW(type, name, params, args, which, takes_lock, fits, STREAM_MOVES, result = REAL(name) args,    \
               stream_read(&s, -1))

/* ---- characters ---- */

#define PUTWC_ROW(name, takes_lock)                                                                          \
    WIDE_PUT(wint_t, name, (wchar_t c, FILE * to), (c, to), to, takes_lock, wide_room(f) > 0)
#define GETWC_ROW(name, takes_lock)                                                                          \
    WIDE_GET(wint_t, name, (FILE * from), (from), from, takes_lock, wide_at_hand(f) > 0)

PUTWC_ROW(fputwc, true)
PUTWC_ROW(putwc, true)
PUTWC_ROW(fputwc_unlocked, false)
PUTWC_ROW(putwc_unlocked, false)
WIDE_PUT(wint_t, putwchar, (wchar_t c), (c), stdout, true, wide_room(f) > 0)
WIDE_PUT(wint_t, putwchar_unlocked, (wchar_t c), (c), stdout, false, wide_room(f) > 0)
WIDE_PUT(wint_t, __woverflow, (FILE * to, wint_t c), (to, c), to, false, false)

GETWC_ROW(fgetwc, true)
GETWC_ROW(getwc, true)
GETWC_ROW(fgetwc_unlocked, false)
GETWC_ROW(getwc_unlocked, false)
WIDE_GET(wint_t, getwchar, (void), (), stdin, true, wide_at_hand(f) > 0)
WIDE_GET(wint_t, getwchar_unlocked, (void), (), stdin, false, wide_at_hand(f) > 0)
WIDE_GET(wint_t, __wuflow, (FILE * from), (from), from, false, false)
WIDE_GET(wint_t, __wunderflow, (FILE * from), (from), from, false, false)

/* ---- strings ---- */

WIDE_PUT(int, fputws, (const wchar_t *text, FILE *to), (text, to), to, true, wcslen(text) <= wide_room(f))
WIDE_PUT(int, fputws_unlocked, (const wchar_t *text, FILE *to), (text, to), to, false,
         wcslen(text) <= wide_room(f))

#define FGETWS_ROW(name, params, args, takes_lock)                                                           \
    WIDE_GET(wchar_t *, name, params, args, from, takes_lock,                                                \
             size <= 1 || wide_line_at_hand(f, (size_t)size - 1))

FGETWS_ROW(fgetws, (wchar_t * line, int size, FILE *from), (line, size, from), true)
FGETWS_ROW(fgetws_unlocked, (wchar_t * line, int size, FILE *from), (line, size, from), false)
FGETWS_ROW(__fgetws_chk, (wchar_t * line, size_t room, int size, FILE *from), (line, room, size, from), true)
FGETWS_ROW(__fgetws_unlocked_chk, (wchar_t * line, size_t room, int size, FILE *from),
           (line, room, size, from), false)

/* ---- formats ---- */

#define V_ROW(name, params, args, which)                                                                     \
    CALLS(int, name, params);                                                                                \
    static int do_##name params                                                                              \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        struct stream s;                                                                                     \
        int n;                                                                                               \
        stream_begin(&s, f, stream_lock(f, true), STREAM_MOVES);                                             \
        STREAM_GUARDED(&s, n = REAL(name) args);                                                             \
        stream_wrote(&s, -1);                                                                                \
        stream_done(&s);                                                                                     \
        return n;                                                                                            \
    }                                                                                                        \
    HOOK_ONLY(int, name, params) { return shim_on() ? do_##name args : REAL(name) args; }

#define PRINT_ROW(name, params, v, v_args)                                                                   \
    HOOK_ONLY(int, name, params)                                                                             \
    {                                                                                                        \
        va_list list;                                                                                        \
        va_start(list, format);                                                                              \
        int n = shim_on() ? do_##v v_args : REAL(v) v_args;                                                  \
        va_end(list);                                                                                        \
        return n;                                                                                            \
    }

V_ROW(vfwprintf, (FILE * to, const wchar_t *format, va_list list), (to, format, list), to)
V_ROW(__vfwprintf_chk, (FILE * to, int flag, const wchar_t *format, va_list list), (to, flag, format, list),
      to)
V_ROW(vwprintf, (const wchar_t *format, va_list list), (format, list), stdout)
V_ROW(__vwprintf_chk, (int flag, const wchar_t *format, va_list list), (flag, format, list), stdout)
PRINT_ROW(fwprintf, (FILE * to, const wchar_t *format, ...), vfwprintf, (to, format, list))
PRINT_ROW(__fwprintf_chk, (FILE * to, int flag, const wchar_t *format, ...), __vfwprintf_chk,
          (to, flag, format, list))
PRINT_ROW(wprintf, (const wchar_t *format, ...), vwprintf, (format, list))
PRINT_ROW(__wprintf_chk, (int flag, const wchar_t *format, ...), __vwprintf_chk, (flag, format, list))
