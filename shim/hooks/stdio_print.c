/* The printf family. What a call adds to standard output or standard error and writes out at once is
 * formatted a second time, for the lines (printed.h): the kernel's copy is gone. */
#include "printed.h"
#include "stream.h"

#include <stdarg.h>

/* Bytes of the text reached the kernel. */
static void said_print(const struct stream *s, struct printed *p, size_t bytes, const char *format,
                       va_list list)
{
    int error = errno;
    printed_after(p, s->fd, bytes, s->error, format, list);
    errno = error;
}

/* Where it will most likely fit, only the time is taken; what waited on descriptors 1 and 2 must be kept. */
static bool likely_fits(const FILE *f)
{
    return stream_room(f) >= STREAM_PRINT && (unsigned)(f->_fileno - 1) >= 2 && stream_is_ours(f, true);
}

/* Where libc refuses at once, it does not look at what it is given. */
static struct printed begin_print(const struct stream *s, const char *format, va_list list)
{
    bool refuses = (s->file->_flags & STREAM_NO_WRITES) || s->file->_mode > 0;
    return printed_before(refuses ? -1 : s->fd, s->room < STREAM_PRINT, format, list);
}

static void finish_print(struct stream *s, struct printed *p, int n, const char *format, va_list list)
{
    said_print(s, p, stream_wrote(s, n), format, list);
    stream_done(s);
}

static COLD void did_not_fit(FILE *f, size_t waiting, bool failed, uint64_t start, int n)
{
    struct stream s;
    stream_began(&s, f, waiting, failed, start);
    stream_wrote(&s, n);
}

#define EACH(...) __VA_ARGS__

/* V_ROW: a function with a va_list; PRINT_ROW: the same with an ellipsis, which calls the function behind
 * V_ROW. What a call that may be cancelled needs is not on the stack of what follows it. */
#define V_ROW(name, params, args, which)                                                                     \
    CALLS(int, name, params);                                                                                \
    static COLD int guarded_##name(struct stream *s, EACH params)                                            \
    {                                                                                                        \
        int n;                                                                                               \
        STREAM_GUARDED(s, n = REAL(name) args);                                                              \
        return n;                                                                                            \
    }                                                                                                        \
    static COLD int slow_##name params                                                                       \
    {                                                                                                        \
        struct stream s;                                                                                     \
        va_list again;                                                                                       \
        int n;                                                                                               \
        va_copy(again, list);                                                                                \
        stream_begin(&s, which, stream_lock(which, true), STREAM_PRINTS);                                    \
        struct printed p = begin_print(&s, format, list);                                                    \
        n = likely(!s.locked) ? REAL(name) args : guarded_##name(&s, EACH args);                             \
        finish_print(&s, &p, n, format, again);                                                              \
        va_end(again);                                                                                       \
        return n;                                                                                            \
    }                                                                                                        \
    static __attribute__((noinline)) int fast_##name params                                                  \
    {                                                                                                        \
        FILE *const f = which;                                                                               \
        const char *base = f->_IO_write_base, *end = f->_IO_write_ptr;                                       \
        bool failed = f->_flags & STREAM_ERROR;                                                              \
        uint64_t start = clock_ticks();                                                                      \
        int n = REAL(name) args;                                                                             \
        if (likely(f->_IO_write_base == base && f->_IO_write_ptr == end + n))                                \
            return n;                                                                                        \
        did_not_fit(f, (size_t)(end - base), failed, start, n);                                              \
        return n;                                                                                            \
    }                                                                                                        \
    static inline __attribute__((always_inline)) int do_##name params                                        \
    {                                                                                                        \
        return likely_fits(which) ? fast_##name args : slow_##name args;                                     \
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

V_ROW(vfprintf, (FILE * to, const char *format, va_list list), (to, format, list), to)
V_ROW(_IO_vfprintf, (FILE * to, const char *format, va_list list), (to, format, list), to)
V_ROW(__vfprintf_chk, (FILE * to, int flag, const char *format, va_list list), (to, flag, format, list), to)
V_ROW(vprintf, (const char *format, va_list list), (format, list), stdout)
V_ROW(__vprintf_chk, (int flag, const char *format, va_list list), (flag, format, list), stdout)

PRINT_ROW(fprintf, (FILE * to, const char *format, ...), vfprintf, (to, format, list))
PRINT_ROW(_IO_fprintf, (FILE * to, const char *format, ...), vfprintf, (to, format, list))
PRINT_ROW(__fprintf_chk, (FILE * to, int flag, const char *format, ...), __vfprintf_chk,
          (to, flag, format, list))
PRINT_ROW(printf, (const char *format, ...), vprintf, (format, list))
PRINT_ROW(_IO_printf, (const char *format, ...), vprintf, (format, list))
PRINT_ROW(__printf_chk, (int flag, const char *format, ...), __vprintf_chk, (flag, format, list))

/* ---- straight to a descriptor ---- */

#define VD_ROW(name, params, args)                                                                           \
    CALLS(int, name, params);                                                                                \
    static int do_##name params                                                                              \
    {                                                                                                        \
        va_list again;                                                                                       \
        int error = errno;                                                                                   \
        va_copy(again, list);                                                                                \
        struct printed p = printed_before(fd, true, format, list);                                           \
        uint64_t start = clock_ticks();                                                                      \
        int n = REAL(name) args;                                                                             \
        record_move(VL_stdio_write, fd, n, start);                                                           \
        said_print(&(struct stream){.fd = fd, .error = error}, &p, n > 0 ? (size_t)n : 0, format, again);    \
        va_end(again);                                                                                       \
        return n;                                                                                            \
    }                                                                                                        \
    HOOK_ONLY(int, name, params) { return shim_on() ? do_##name args : REAL(name) args; }

VD_ROW(vdprintf, (int fd, const char *format, va_list list), (fd, format, list))
VD_ROW(__vdprintf_chk, (int fd, int flag, const char *format, va_list list), (fd, flag, format, list))
PRINT_ROW(dprintf, (int fd, const char *format, ...), vdprintf, (fd, format, list))
PRINT_ROW(__dprintf_chk, (int fd, int flag, const char *format, ...), __vdprintf_chk,
          (fd, flag, format, list))
