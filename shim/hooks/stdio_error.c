/* What libc itself prints on standard error for a program: perror, err.h, error.h, psignal, assert, getopt.
 * It passes no other hook; the stream's count says how much it was, and the text is put together anew for the
 * lines. */
#include "memory.h"
#include "printed.h"
#include "stream.h"
#include "user_memory.h"

#include <stdarg.h>
#include <stdlib.h>

/* A part of the message; the reader joins the parts to a line. */
static void say(const char *text) { lines_said(STDERR_FILENO, text, strlen(text)); }

#define ERROR_BYTES 96 /* of those without a text of their own */

static __attribute__((noinline)) void say_error(int error)
{
    char room[ERROR_BYTES];
    say(strerror_r(error, room, sizeof room));
}

static bool begin(struct stream *s)
{
    stream_begin(s, stderr, stream_lock(stderr, true), STREAM_MOVES);
    return s->fd == STDERR_FILENO;
}

static __attribute__((noinline)) size_t length_of_error(int error)
{
    char room[ERROR_BYTES];
    return strlen(strerror_r(error, room, sizeof room));
}

/* ---- perror, psignal ---- */

/* A stream without orientation keeps that: perror writes to a copy of the descriptor, and nothing is counted
 * here. */
static size_t length_of_perror(size_t of, int error)
{
    return length_of_error(error) + 1 + (of > 0 ? of + 2 : 0);
}

static void say_of(const char *of, size_t n)
{
    if (n > 0) {
        lines_written(STDERR_FILENO, of, n);
        say(": ");
    }
}

HOOK(void, perror, (const char *of))
{
    if (!shim_on()) {
        REAL(perror)(of);
        return;
    }
    struct stream s;
    int error = errno;
    size_t length = of ? strlen(of) : 0; /* it may be gone after the call */
    stream_begin(&s, stderr, stream_lock(stderr, true), STREAM_WRITES);
    STREAM_GUARDED(&s, REAL(perror)(of));
    int after = errno;
    size_t n = stream_wrote(&s, (ssize_t)length_of_perror(length, error));
    if (n > 0 && s.fd == STDERR_FILENO) {
        say_of(of, length);
        say_error(error);
        say("\n");
    }
    stream_done(&s);
    errno = after;
}

HOOK(void, psignal, (int number, const char *of))
{
    if (!shim_on()) {
        REAL(psignal)(number, of);
        return;
    }
    struct stream s;
    size_t length = of ? strlen(of) : 0;
    bool standard = begin(&s);
    STREAM_GUARDED(&s, REAL(psignal)(number, of));
    if (stream_wrote(&s, -1) > 0 && standard) {
        const char *name = sigdescr_np(number);
        say_of(of, length);
        say(name ? name : "Unknown signal");
        say("\n");
    }
    stream_done(&s);
}

/* ---- err.h ---- */

/* warn and its kin: the program's name, the text, and for some errno's. */
static void warned(void (*real)(const char *, va_list), bool with_error, const char *format, va_list list)
{
    struct stream s;
    va_list again;
    va_copy(again, list);
    bool standard = begin(&s);
    struct printed p = printed_before(s.fd, true, format, list);
    STREAM_GUARDED(&s, real(format, list));
    int after = errno;
    bool wrote = stream_wrote(&s, -1) > 0 && standard;
    if (wrote) {
        say(program_invocation_short_name);
        say(": ");
    }
    if (format)
        printed_after(&p, s.fd, wrote ? SIZE_MAX : 0, s.error, format, again);
    if (wrote) {
        if (with_error && format)
            say(": ");
        if (with_error)
            say_error(s.error);
        say("\n");
    }
    stream_done(&s);
    errno = after;
    va_end(again);
}

#define VWARN_ROW(name, with_error)                                                                          \
    HOOK(void, v##name, (const char *format, va_list list))                                                  \
    {                                                                                                        \
        if (shim_on())                                                                                       \
            warned(REAL(v##name), with_error, format, list);                                                 \
        else                                                                                                 \
            REAL(v##name)(format, list);                                                                     \
    }                                                                                                        \
    HOOK_ONLY(void, name, (const char *format, ...))                                                         \
    {                                                                                                        \
        va_list list;                                                                                        \
        va_start(list, format);                                                                              \
        hook_v##name(format, list);                                                                          \
        va_end(list);                                                                                        \
    }

VWARN_ROW(warn, true)
VWARN_ROW(warnx, false)

/* err is warn and exit. */
#define VERR_ROW(name, warns)                                                                                \
    HOOK_ONLY(__attribute__((noreturn)) void, v##name, (int status, const char *format, va_list list))       \
    {                                                                                                        \
        hook_v##warns(format, list);                                                                         \
        exit(status);                                                                                        \
    }                                                                                                        \
    HOOK_ONLY(__attribute__((noreturn)) void, name, (int status, const char *format, ...))                   \
    {                                                                                                        \
        va_list list;                                                                                        \
        va_start(list, format);                                                                              \
        hook_v##warns(format, list);                                                                         \
        va_end(list);                                                                                        \
        exit(status);                                                                                        \
    }

VERR_ROW(err, warn)
VERR_ROW(errx, warnx)

/* ---- error.h ---- */

CALLS(int, vsnprintf, (char *, size_t, const char *, va_list));
CALLS(void, error, (int status, int error, const char *format, ...));
CALLS(void, error_at_line, (int status, int error, const char *file, unsigned line, const char *format, ...));

extern void (*error_print_progname)(void);
extern unsigned error_message_count;

struct complaint {
    int error;
    const char *file; /* NULL: error, else error_at_line */
    unsigned line;
    int errno_before;
};

#define BEFORE_BYTES 1024

struct complaint_text {
    char text[1024], before[BEFORE_BYTES];
    char error[ERROR_BYTES];
    struct stream stream;
};

static void complain(const struct complaint *c, const char *text)
{
    if (c->file)
        REAL(error_at_line)(0, c->error, c->file, c->line, "%s", text);
    else
        REAL(error)(0, c->error, "%s", text);
}

/* What comes before the text. */
static void introduce(const struct complaint *c, char *to, size_t room)
{
    if (c->file)
        snprintf(to, room, "%s:%s:%u: ", program_invocation_name, c->file, c->line);
    else
        snprintf(to, room, "%s: ", program_invocation_name);
}

static void say_complaint(const struct complaint *c, const char *text, struct complaint_text *t)
{
    say(t->before);
    say(text);
    if (c->error) {
        say(": ");
        say(strerror_r(c->error, t->error, sizeof t->error));
    }
    say("\n");
}

/* It ends with fflush, after which the stream's count is not known, so the text is measured. A function of
 * the program's that prints its name passes hooks of its own. */
static void complain_and_say(const struct complaint *c, const char *text, struct complaint_text *t)
{
    unsigned count = error_message_count;
    if (error_print_progname) {
        complain(c, text);
        return;
    }
    introduce(c, t->before, BEFORE_BYTES);
    stream_begin(&t->stream, stderr, stream_lock(stderr, true), STREAM_WRITES);
    complain(c, text); /* it is not cancelled: libc sees to that */
    int after = errno;
    size_t n = strlen(t->before) + strlen(text) + (c->error ? 2 + length_of_error(c->error) : 0) + 1;
    bool said = error_message_count != count; /* it may leave out what is said of the same line again */
    if (stream_wrote(&t->stream, said ? (ssize_t)n : 0) > 0 && t->stream.fd == STDERR_FILENO)
        say_complaint(c, text, t);
    stream_done(&t->stream);
    errno = after;
}

/* Formatted once more: of what was too long, as much as there is memory for. */
static void complain_long(const struct complaint *c, struct complaint_text *t, int n, const char *format,
                          va_list list)
{
    int failed = n < 0 ? errno : 0;
    char *text = n >= (int)sizeof t->text ? memory_map((size_t)n + 1) : NULL;
    if (text)
        REAL(vsnprintf)(text, (size_t)n + 1, format, list);
    errno = c->errno_before;
    if (shim_on())
        complain_and_say(c, text ? text : t->text, t);
    else
        complain(c, text ? text : t->text);
    if (failed) /* libc would have failed in the middle of it */
        errno = failed;
    if (text)
        raw(SYS_munmap, text, n + 1);
}

/* Without room for more it is said, and not recorded. */
static __attribute__((noinline)) void complain_short(const struct complaint *c, const char *format,
                                                     va_list list)
{
    char text[ERROR_BYTES];
    REAL(vsnprintf)(text, sizeof text, format, list);
    errno = c->errno_before;
    complain(c, text);
}

/* error has no form with a va_list, so the text is formatted here. */
static void complained(int status, struct complaint *c, const char *format, va_list list)
{
    c->errno_before = errno;
    {
        SCRATCH(struct complaint_text, t);
        va_list again;
        va_copy(again, list);
        if (t)
            complain_long(c, t, REAL(vsnprintf)(t->text, sizeof t->text, format, list), format, again);
        else
            complain_short(c, format, again);
        va_end(again);
    }
    if (status)
        exit(status);
}

/* error does so first; here that is not on top of what it takes itself. */
static __attribute__((noinline)) void flush_output(void)
{
    int error = errno;
    if (shim_on() && !error_print_progname && stream_holds(stdout))
        stream_flush(stdout, true);
    errno = error;
}

HOOK_ONLY(void, error, (int status, int number, const char *format, ...))
{
    va_list list;
    va_start(list, format);
    flush_output();
    complained(status, &(struct complaint){.error = number}, format, list);
    va_end(list);
}

HOOK_ONLY(void, error_at_line,
          (int status, int number, const char *file, unsigned line, const char *format, ...))
{
    va_list list;
    va_start(list, format);
    flush_output();
    complained(status, &(struct complaint){.error = number, .file = file, .line = line}, format, list);
    va_end(list);
}

/* ---- getopt ---- */

struct option;

#define GETOPT_ROW(name, params, args)                                                                       \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        if (!shim_on())                                                                                      \
            return REAL(name) args;                                                                          \
        struct stream s;                                                                                     \
        int result;                                                                                          \
        begin(&s);                                                                                           \
        STREAM_GUARDED(&s, result = REAL(name) args);                                                        \
        stream_wrote(&s, -1);                                                                                \
        stream_done(&s);                                                                                     \
        return result;                                                                                       \
    }

GETOPT_ROW(getopt, (int argc, char *const *argv, const char *letters), (argc, argv, letters))
GETOPT_ROW(getopt_long,
           (int argc, char *const *argv, const char *letters, const struct option *names, int *index),
           (argc, argv, letters, names, index))
GETOPT_ROW(getopt_long_only,
           (int argc, char *const *argv, const char *letters, const struct option *names, int *index),
           (argc, argv, letters, names, index))
