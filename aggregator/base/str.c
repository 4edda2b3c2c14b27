/* Comparing, cutting and copying runs of bytes. */
#include "base/str.h"

#include "base/arena.h"
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix) { return str_equal(str_slice(s, 0, prefix.len), prefix); }

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_equal(str_slice(s, s.len - suffix.len, suffix.len), suffix);
}

struct str str_slice(struct str s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return s.ptr ? (struct str){s.ptr + from, len} : s;
}

ptrdiff_t str_find(struct str s, struct str part)
{
    if (part.len == 0)
        return 0;
    const char *hit = s.len ? memmem(s.ptr, s.len, part.ptr, part.len) : NULL;
    return hit ? hit - s.ptr : -1;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct str str_trim(struct str s)
{
    while (s.len && blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len && blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    return s;
}

/* The index after the last slash, 0 when there is none. */
static size_t after_slash(struct str path)
{
    const char *slash = path.len ? memrchr(path.ptr, '/', path.len) : NULL;
    return slash ? (size_t)(slash - path.ptr) + 1 : 0;
}

struct str str_basename(struct str path) { return str_slice(path, after_slash(path), path.len); }

struct str str_dirname(struct str path)
{
    size_t at = after_slash(path);
    return str_slice(path, 0, at ? at - 1 : 0);
}

bool str_next(struct str *rest, char separator, struct str *part)
{
    if (!rest->ptr)
        return false;
    const char *end = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    if (!end) {
        *part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *part = str_slice(*rest, 0, (size_t)(end - rest->ptr));
    *rest = str_slice(*rest, part->len + 1, rest->len);
    return true;
}

/* Eight bytes at a time, then a finishing mix: good enough for tables, the same on every host. */
uint64_t str_hash(struct str s)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ s.len;
    while (s.len) {
        size_t step = s.len < 8 ? s.len : 8;
        uint64_t word = 0;
        for (size_t i = 0; i < step; i++)
            word |= (uint64_t)(unsigned char)s.ptr[i] << (8 * i);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
        s = str_slice(s, step, s.len);
    }
    hash *= 0xc4ceb9fe1a85ec53u;
    return hash ^ (hash >> 29);
}

struct str str_copy(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return (struct str){copy, s.len};
}

const char *str_c(struct arena *arena, struct str s) { return str_copy(arena, s).ptr; }

struct str str_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        BUG("a format that cannot be printed");
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return (struct str){text, (size_t)len};
}
