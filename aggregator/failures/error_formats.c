/* Each form: how its first line looks, and which lines after that belong to it. */
#include "failures/error_formats.h"

#include <ctype.h>

#define MESSAGE_LINES_MAX 8

struct finder {
    struct arena *arena;
    const struct line *lines;
    size_t at, count;
};

static struct str line_at(const struct finder *f, size_t at)
{
    return at < f->count ? f->lines[at].text : (struct str){0};
}

static struct str without_prefix(struct str line, const char *prefix)
{
    return str_starts(line, str_of(prefix)) ? str_slice(line, strlen(prefix), line.len) : line;
}

/* Length of a dotted name at the start; 0: none. */
static size_t name_length(struct str s)
{
    size_t i = 0;
    while (i < s.len && (isalnum((unsigned char)s.ptr[i]) || strchr("_.$", s.ptr[i])))
        i++;
    return i;
}

/* "TypeError: x", "java.lang.IllegalStateException", "Error [ERR_X]: y" */
static bool names_error(struct str line)
{
    struct str name = str_slice(line, 0, name_length(line));
    char next = name.len < line.len ? line.ptr[name.len] : ':';
    return (str_ends(name, STR("Error")) || str_ends(name, STR("Exception"))) &&
           (next == ':' || (next == ' ' && str_find(line, STR(" [")) == (ptrdiff_t)name.len));
}

static bool is_frame(struct str line)
{
    bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    return indented && str_starts(str_trim(line), STR("at "));
}

/* file.c:3:5: error: ... ; also `ld: ... undefined reference to` */
static bool is_compiler(struct str line)
{
    ptrdiff_t error = str_find(line, STR(": error: "));
    if (error < 0)
        error = str_find(line, STR(": fatal error: "));
    return (error > 0 && isdigit((unsigned char)line.ptr[error - 1])) ||
           str_find(line, STR("undefined reference to ")) > 0 || str_starts(line, STR("gcc: error: ")) ||
           str_starts(line, STR("clang: error: "));
}

/* bash: line 1: foo: command not found */
static bool is_shell(struct str line)
{
    static const char *const ends[] = {": command not found", ": not found", ": No such file or directory",
                                       ": Permission denied", ": cannot execute: required file not found"};
    ptrdiff_t place = str_find(line, STR(": line "));
    struct str program = str_slice(line, 0, name_length(line));
    bool shell =
        place > 0 || (str_ends(program, STR("sh")) && program.len < line.len && line.ptr[program.len] == ':');
    for (size_t i = 0; shell && i < sizeof ends / sizeof *ends; i++)
        if (str_ends(line, str_of(ends[i])))
            return true;
    return shell && str_find(line, STR(": syntax error")) > 0;
}

static bool is_tex(struct str line) { return str_starts(line, STR("! ")); }

static struct str joined(struct finder *f, size_t from, size_t to)
{
    struct vec text = {0};
    for (size_t i = from; i < to; i++) {
        struct str line = line_at(f, i);
        for (size_t c = 0; c < line.len; c++)
            *VEC_PUSH(f->arena, &text, char) = line.ptr[c];
        if (i + 1 < to)
            *VEC_PUSH(f->arena, &text, char) = '\n';
    }
    return (struct str){text.items, text.count};
}

static void add_traceback(struct finder *f, struct vec *traces, size_t from, size_t to, struct vec chain)
{
    struct traceback *trace = VEC_PUSH(f->arena, traces, struct traceback);
    *trace = (struct traceback){.at_ns = f->lines[to - 1].at_ns,
                                .video = f->lines[from].video,
                                .chain = chain,
                                .text = joined(f, from, to)};
    f->at = to;
}

/* An error's name and the frames below it; Java's causes follow and are what it came from. */
static bool take_frames(struct finder *f, struct vec *traces)
{
    struct str first = without_prefix(line_at(f, f->at), "Uncaught ");
    ptrdiff_t thread = str_starts(first, STR("Exception in thread \"")) ? str_find(first, STR("\" ")) : -1;
    struct vec chain = {0};
    if (thread > 0)
        first = str_slice(first, (size_t)thread + 2, first.len);
    size_t to = f->at + 1;
    while (to < f->at + MESSAGE_LINES_MAX && line_at(f, to).len && !is_frame(line_at(f, to)))
        to++;
    if (!names_error(first) || !is_frame(line_at(f, to)))
        return false;
    for (; to < f->count; to++) {
        struct str line = line_at(f, to), cause = without_prefix(str_trim(line), "Caused by: ");
        bool more = str_starts(str_trim(line), STR("... "));
        if (cause.len != str_trim(line).len)
            *(struct str *)vec_insert(f->arena, &chain, sizeof cause, 0) = cause;
        else if (!is_frame(line) && !more)
            break;
    }
    *VEC_PUSH(f->arena, &chain, struct str) = first;
    add_traceback(f, traces, f->at, to, chain);
    return true;
}

/* The message, and what is shown of the source: indented lines and those with a bar. */
static bool take_compiler(struct finder *f, struct vec *traces)
{
    struct vec chain = {0};
    if (!is_compiler(line_at(f, f->at)))
        return false;
    *VEC_PUSH(f->arena, &chain, struct str) = line_at(f, f->at);
    size_t to = f->at + 1;
    while (to < f->count && str_starts(line_at(f, to), STR(" ")))
        to++;
    add_traceback(f, traces, f->at, to, chain);
    return true;
}

/* "! Undefined control sequence." up to the line of the source, "l.7 \foo". */
static bool take_tex(struct finder *f, struct vec *traces)
{
    struct vec chain = {0};
    if (!is_tex(line_at(f, f->at)))
        return false;
    *VEC_PUSH(f->arena, &chain, struct str) = line_at(f, f->at);
    size_t to = f->at + 1, limit = f->at + 12;
    while (to < f->count && to < limit && !str_starts(line_at(f, to), STR("l.")) && !is_tex(line_at(f, to)))
        to++;
    bool found = to < f->count && str_starts(line_at(f, to), STR("l."));
    add_traceback(f, traces, f->at, found ? to + 1 : f->at + 1, chain);
    return true;
}

static bool take_shell(struct finder *f, struct vec *traces)
{
    struct vec chain = {0};
    if (!is_shell(line_at(f, f->at)))
        return false;
    *VEC_PUSH(f->arena, &chain, struct str) = line_at(f, f->at);
    add_traceback(f, traces, f->at, f->at + 1, chain);
    return true;
}

struct vec error_formats_find(struct arena *arena, const struct line *lines, size_t count)
{
    struct vec traces = {0};
    struct finder f = {.arena = arena, .lines = lines, .count = count};
    while (f.at < f.count)
        if (!take_frames(&f, &traces) && !take_compiler(&f, &traces) && !take_tex(&f, &traces) &&
            !take_shell(&f, &traces))
            f.at++;
    return traces;
}

/* ---- logs by Rich ---- */

#define TEX         "LaTeX compilation error:"
#define LEVEL_BYTES 9 /* its column, and the space after it */
#define LINES_MAX   12

/* Without the place in the source, "tex_file_writing.py:320", at the line's end. */
static struct str without_place(struct str text)
{
    text = str_trim(text);
    size_t end = text.len, colon;
    while (end > 0 && isdigit((unsigned char)text.ptr[end - 1]))
        end--;
    colon = end;
    while (end > 0 && text.ptr[end - 1] != ' ')
        end--;
    bool place = colon < text.len && colon > end && text.ptr[colon - 1] == ':' &&
                 str_ends(str_slice(text, end, colon - 1 - end), STR(".py"));
    return place ? str_trim(str_slice(text, 0, end)) : text;
}

/* What stands in the message's column of a line that goes on with it; "": it does not. */
static struct str continued(struct str line, size_t column)
{
    struct str before = str_slice(line, 0, column);
    return str_trim(before).len ? STR("") : str_trim(str_slice(line, column, line.len));
}

static struct str message_from(struct arena *arena, const struct line *lines, size_t count, size_t column)
{
    struct str message = without_place(str_slice(lines[0].text, column, lines[0].text.len));
    for (size_t i = 1; i < count && i < LINES_MAX; i++) {
        struct str more = continued(lines[i].text, column);
        if (!more.len)
            break;
        message =
            message.len ? str_format(arena, STR_FMT " " STR_FMT, STR_ARG(message), STR_ARG(more)) : more;
    }
    if (!str_starts(message, STR(TEX)))
        return message;
    message = str_trim(str_slice(message, strlen(TEX), message.len));
    return message.len ? str_format(arena, "! " STR_FMT, STR_ARG(message)) : message;
}

/* Where the message begins: after the time, or as much space, and the level; 0: it is no such line. */
static size_t column_of(struct str line)
{
    static const char *const levels[] = {"ERROR    ", "CRITICAL "};
    size_t time = 0;
    if (str_starts(line, STR("[")))
        while (time < line.len && line.ptr[time++] != ']') {
        }
    while (time < line.len && line.ptr[time] == ' ')
        time++;
    for (size_t i = 0; time > 1 && i < sizeof levels / sizeof *levels; i++)
        if (str_starts(str_slice(line, time, line.len), str_of(levels[i])))
            return time + LEVEL_BYTES;
    return 0;
}

struct vec rich_format_find(struct arena *arena, const struct line *lines, size_t count)
{
    struct vec found = {0};
    for (size_t i = 0; i < count; i++) {
        size_t column = column_of(lines[i].text);
        struct str message = column ? message_from(arena, lines + i, count - i, column) : STR("");
        if (!message.len)
            continue;
        struct line *line = ARENA_NEW(arena, struct line);
        *line = lines[i];
        line->text = message;
        *VEC_PUSH(arena, &found, const struct line *) = line;
    }
    return found;
}
