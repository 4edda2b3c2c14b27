/* Translates character by character. */
#include "rules/reading/glob.h"

#include "base/vec.h"

struct writer {
    struct arena *arena;
    struct vec text; /* of char */
};

static void append(struct writer *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        *VEC_PUSH(out->arena, &out->text, char) = s.ptr[i];
}

static void put_literal(struct writer *out, char c)
{
    if (strchr("\\^$.[]|()?*+{}", c))
        append(out, STR("\\"));
    append(out, (struct str){&c, 1});
}

/* {name} or {name:expression}, without its braces. */
static void put_capture(struct writer *out, struct str inner)
{
    struct str name = {0};
    str_next(&inner, ':', &name);
    append(out, STR("(?<"));
    append(out, name);
    append(out, STR(">"));
    append(out, inner.ptr ? inner : STR("[^/]*"));
    append(out, STR(")"));
}

/* The length of a capture at the start of s, its braces included; 0: none. Braces inside pair up. */
static size_t capture_length(struct str s)
{
    int depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        depth += (s.ptr[i] == '{') - (s.ptr[i] == '}');
        if (depth == 0)
            return i + 1;
    }
    return 0;
}

static size_t put_next(struct writer *out, struct str rest)
{
    size_t capture = rest.ptr[0] == '{' ? capture_length(rest) : 0;
    if (str_starts(rest, STR("**/"))) {
        append(out, STR("(?:.*/)?"));
        return 3;
    }
    if (capture) {
        put_capture(out, str_slice(rest, 1, capture - 2));
        return capture;
    }
    if (rest.ptr[0] == '*')
        append(out, STR("[^/]*"));
    else if (rest.ptr[0] == '?')
        append(out, STR("[^/]"));
    else
        put_literal(out, rest.ptr[0]);
    return 1;
}

struct str glob_expression(struct arena *arena, struct str glob)
{
    struct writer out = {.arena = arena};
    append(&out, STR("^"));
    for (size_t at = 0; at < glob.len;)
        at += put_next(&out, str_slice(glob, at, glob.len));
    append(&out, STR("$"));
    return (struct str){out.text.items, out.text.count};
}
