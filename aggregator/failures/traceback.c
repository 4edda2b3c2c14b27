/* A small parser over lines; each part takes what it knows and leaves the rest. */
#include "failures/traceback.h"

#define TITLE   "Traceback (most recent call last)"
#define BOX_TOP "\xe2\x95\xad" /* U+256D */
#define BOX_END "\xe2\x95\xb0" /* U+2570 */
#define BOX_BAR "\xe2\x94\x82" /* U+2502 */

static const char *const links[] = {"During handling of the above exception, another exception occurred:",
                                    "The above exception was the direct cause of the following exception:"};

struct parser {
    struct arena *arena;
    const struct line *lines;
    size_t at, end; /* end: of what one thread printed to one stream */
    struct traceback trace;
    struct vec text; /* of char */
    size_t width;    /* of the last box, in characters; 0: none */
};

static struct str line_at(const struct parser *p, size_t at)
{
    return at < p->end ? p->lines[at].text : (struct str){0};
}

static void keep(struct parser *p, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        *VEC_PUSH(p->arena, &p->text, char) = text.ptr[i];
    *VEC_PUSH(p->arena, &p->text, char) = '\n';
}

static bool is_blank(struct str s) { return str_trim(s).len == 0; }

static bool is_indented(struct str s) { return s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'); }

static size_t characters(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return count;
}

/* Name, or module.Name, then nothing or a colon: what ends a traceback. */
static bool is_exception(struct str s)
{
    size_t i = 0;
    while (i < s.len && (s.ptr[i] == '_' || s.ptr[i] == '.' || (s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
                         ((s.ptr[i] | 32) >= 'a' && (s.ptr[i] | 32) <= 'z')))
        i++;
    return i > 0 && (i == s.len || s.ptr[i] == ':');
}

/* Where Rich may not print other characters, a box is of + - | */
static bool is_top(struct str s) { return str_starts(s, STR(BOX_TOP)) || str_starts(s, STR("+--")); }

static bool is_bar(struct str s) { return str_starts(s, STR(BOX_BAR)) || str_starts(s, STR("|")); }

static bool is_bottom(struct str s) { return str_starts(s, STR(BOX_END)) || str_starts(s, STR("+--")); }

/* Inside a box: without the bars. */
static struct str unboxed(struct str s)
{
    bool plain = str_starts(s, STR("|"));
    struct str bar = plain ? STR("|") : STR(BOX_BAR);
    s = str_slice(s, bar.len, s.len);
    while (str_ends(s, STR(" ")) || str_ends(s, bar))
        s.len -= str_ends(s, STR(" ")) ? 1 : bar.len;
    return str_starts(s, STR(" ")) ? str_slice(s, 1, s.len) : s;
}

static void take_box(struct parser *p)
{
    p->width = characters(line_at(p, p->at));
    for (p->at++; p->at < p->end && is_bar(line_at(p, p->at)); p->at++)
        keep(p, unboxed(line_at(p, p->at)));
    if (is_bottom(line_at(p, p->at)))
        p->at++;
}

/* A message that Rich broke at its width goes on where the next word had not fitted. */
static bool is_wrapped(const struct parser *p, struct str before, struct str next)
{
    struct str word = {0}, rest = next;
    if (!p->width || is_blank(next) || is_indented(next) || is_top(next))
        return false;
    str_next(&rest, ' ', &word);
    return characters(before) + 1 + characters(word) > p->width;
}

static struct str take_message(struct parser *p)
{
    struct str message = line_at(p, p->at), last = message;
    for (p->at++; is_wrapped(p, last, line_at(p, p->at)); p->at++) {
        last = line_at(p, p->at);
        message = str_format(p->arena, STR_FMT " " STR_FMT, STR_ARG(message), STR_ARG(last));
    }
    keep(p, message);
    return message;
}

static void skip_blank(struct parser *p)
{
    while (p->at < p->end && is_blank(line_at(p, p->at)))
        p->at++;
}

/* The frames and the exception; false (and nothing taken) if no exception ends them. */
static bool take_plain(struct parser *p)
{
    size_t first = p->at, at = p->at + 1;
    while (at < p->end && (is_indented(line_at(p, at)) || is_blank(line_at(p, at))))
        at++;
    if (at >= p->end || !is_exception(line_at(p, at)))
        return false;
    for (p->at = first; p->at < at; p->at++)
        keep(p, line_at(p, p->at));
    p->width = 0;
    *VEC_PUSH(p->arena, &p->trace.chain, struct str) = take_message(p);
    return true;
}

static bool take_rich(struct parser *p)
{
    keep(p, STR(TITLE ":"));
    while (is_top(line_at(p, p->at))) {
        take_box(p);
        skip_blank(p);
    }
    if (!is_exception(line_at(p, p->at)))
        return false;
    *VEC_PUSH(p->arena, &p->trace.chain, struct str) = take_message(p);
    return true;
}

/* The exceptions of a group are what it came from: they stand before it in the chain. */
static bool take_group(struct parser *p)
{
    struct str group = {0};
    for (; p->at < p->end; p->at++) {
        struct str line = line_at(p, p->at), inner = line;
        bool within = is_indented(line) &&
                      (str_starts(str_trim(line), STR("|")) || str_starts(str_trim(line), STR("+")));
        if (!within)
            break;
        keep(p, line);
        while (inner.len && (inner.ptr[0] == ' ' || inner.ptr[0] == '|' || inner.ptr[0] == '+'))
            inner = str_slice(inner, inner.ptr[0] == '|' && inner.len > 1 && inner.ptr[1] == ' ' ? 2 : 1,
                              inner.len);
        bool indented = str_find(line, STR("|  ")) >= 0;
        if (indented || !is_exception(inner) || str_find(inner, STR(":")) < 0)
            continue;
        if (!group.len)
            group = inner;
        else
            *VEC_PUSH(p->arena, &p->trace.chain, struct str) = inner;
    }
    if (group.len)
        *VEC_PUSH(p->arena, &p->trace.chain, struct str) = group;
    return group.len > 0;
}

static bool take_one(struct parser *p)
{
    struct str line = line_at(p, p->at);
    if (is_top(line) && str_find(line, STR(TITLE)) >= 0)
        return take_rich(p);
    if (str_starts(line, STR("  + Exception Group " TITLE)))
        return take_group(p);
    /* a syntax error in the main script has no title */
    if (str_starts(line, STR(TITLE)) || str_starts(line, STR("  File \"")))
        return take_plain(p);
    return false;
}

/* The sentence between two links of a chain; the parser stands after it, or where it was. */
static bool take_link(struct parser *p)
{
    size_t before = p->at;
    skip_blank(p);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (!str_equal(str_trim(line_at(p, p->at)), str_of(links[i])))
            continue;
        keep(p, STR(""));
        keep(p, str_of(links[i]));
        keep(p, STR(""));
        p->at++;
        skip_blank(p);
        return true;
    }
    p->at = before;
    return false;
}

static bool take_trace(struct parser *p)
{
    size_t first = p->at;
    p->trace = (struct traceback){.video = p->lines[first].video};
    p->text = (struct vec){0};
    while (take_one(p) && take_link(p))
        continue;
    if (!p->trace.chain.count) {
        p->at = first;
        return false;
    }
    p->trace.at_ns = p->lines[p->at - 1].at_ns;
    p->trace.text = (struct str){p->text.items, p->text.count - 1};
    return true;
}

static size_t end_of_stream(const struct line *lines, size_t at, size_t count)
{
    size_t end = at;
    while (end < count && lines[end].stream == lines[at].stream && lines[end].tid == lines[at].tid &&
           lines[end].marked == lines[at].marked)
        end++;
    return end;
}

struct vec traceback_find(struct arena *arena, const struct line *lines, size_t count)
{
    struct vec traces = {0};
    struct parser p = {.arena = arena, .lines = lines};
    while (p.at < count) {
        if (p.at >= p.end)
            p.end = end_of_stream(lines, p.at, count);
        if (take_trace(&p))
            *VEC_PUSH(arena, &traces, struct traceback) = p.trace;
        else
            p.at++;
    }
    return traces;
}

struct str traceback_message(const struct traceback *trace) { return *VEC_LAST(&trace->chain, struct str); }
