/* The scanf family, which does not say how much it took. */
#include "stream.h"

#include <stdarg.h>

/* V_ROW: a function with a va_list; SCAN_ROW: the same with an ellipsis, which calls the function behind
 * V_ROW. */
#define V_ROW(name, params, args, which)                                                                     \
    CALLS(int, name, params);                                                                                \
    static int do_##name params                                                                              \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        struct stream s;                                                                                     \
        int n;                                                                                               \
        stream_begin(&s, f, stream_lock(f, true), STREAM_MOVES);                                             \
        STREAM_GUARDED(&s, n = REAL(name) args);                                                             \
        stream_read(&s, -1);                                                                                 \
        stream_done(&s);                                                                                     \
        return n;                                                                                            \
    }                                                                                                        \
    HOOK_ONLY(int, name, params) { return shim_on() ? do_##name args : REAL(name) args; }

#define SCAN_ROW(name, params, v, v_args)                                                                    \
    HOOK_ONLY(int, name, params)                                                                             \
    {                                                                                                        \
        va_list list;                                                                                        \
        va_start(list, format);                                                                              \
        int n = shim_on() ? do_##v v_args : REAL(v) v_args;                                                  \
        va_end(list);                                                                                        \
        return n;                                                                                            \
    }

/* The four functions of one standard's scanf. */
#define SCAN_ROWS(prefix, letter, type)                                                                      \
    V_ROW(prefix##vf##letter##scanf, (FILE * from, const type *format, va_list list), (from, format, list),  \
          from)                                                                                              \
    V_ROW(prefix##v##letter##scanf, (const type *format, va_list list), (format, list), stdin)               \
    SCAN_ROW(prefix##f##letter##scanf, (FILE * from, const type *format, ...), prefix##vf##letter##scanf,    \
             (from, format, list))                                                                           \
    SCAN_ROW(prefix##letter##scanf, (const type *format, ...), prefix##v##letter##scanf, (format, list))

SCAN_ROWS(, , char)
SCAN_ROWS(__isoc99_, , char)
SCAN_ROWS(__isoc23_, , char)
SCAN_ROWS(, w, wchar_t)
SCAN_ROWS(__isoc99_, w, wchar_t)
SCAN_ROWS(__isoc23_, w, wchar_t)
V_ROW(__vfscanf, (FILE * from, const char *format, va_list list), (from, format, list), from)
