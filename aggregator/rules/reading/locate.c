/* A walk over JSON that is known to be valid. */
#include "rules/reading/locate.h"

static size_t skip_space(struct str s, size_t at)
{
    while (at < s.len && strchr(" \t\r\n,:", s.ptr[at]))
        at++;
    return at;
}

/* After the string whose quote is at `at`. */
static size_t skip_string(struct str s, size_t at)
{
    for (at++; at < s.len && s.ptr[at] != '"'; at++)
        at += s.ptr[at] == '\\';
    return at + 1;
}

/* After the value at `at`, whatever it is. */
static size_t skip_value(struct str s, size_t at)
{
    unsigned depth = 0;
    do {
        at = skip_space(s, at);
        if (at >= s.len)
            return s.len;
        if (s.ptr[at] == '"') {
            at = skip_string(s, at);
            continue;
        }
        depth += s.ptr[at] == '{' || s.ptr[at] == '[';
        depth -= s.ptr[at] == '}' || s.ptr[at] == ']';
        for (at++; at < s.len && !strchr(" \t\r\n,:{}[]\"", s.ptr[at]) && !strchr("{}[]", s.ptr[at - 1]);)
            at++;
    } while (depth > 0);
    return at;
}

static bool is_key(struct str s, size_t at, const char *key)
{
    size_t length = strlen(key);
    return at + length + 1 < s.len && memcmp(s.ptr + at + 1, key, length) == 0 &&
           s.ptr[at + 1 + length] == '"';
}

/* Of the object itself; SIZE_MAX: it has no such key. */
static size_t own_key(struct str s, size_t object, const char *key)
{
    for (size_t at = skip_space(s, object + 1); at < s.len && s.ptr[at] == '"'; at = skip_space(s, at)) {
        size_t value = skip_space(s, skip_string(s, at));
        if (is_key(s, at, key))
            return value;
        at = skip_value(s, value);
    }
    return SIZE_MAX;
}

size_t locate_key(struct str text, size_t object, const char *key)
{
    size_t found = own_key(text, object, key), end = skip_value(text, object);
    if (found != SIZE_MAX)
        return found;
    for (size_t at = object; at < end; at++) {
        if (text.ptr[at] != '"')
            continue;
        size_t after = skip_string(text, at), rest = after;
        while (rest < end && strchr(" \t\r\n", text.ptr[rest]))
            rest++;
        if (is_key(text, at, key) && rest < end && text.ptr[rest] == ':')
            return skip_space(text, rest);
        at = after - 1;
    }
    return object;
}

size_t locate_item(struct str text, size_t array, size_t index)
{
    size_t at = skip_space(text, array + 1);
    for (; index > 0 && at < text.len && text.ptr[at] != ']'; index--)
        at = skip_space(text, skip_value(text, at));
    return at < text.len && text.ptr[at] != ']' ? at : array;
}

struct str locate_value(struct str text, size_t offset)
{
    return str_slice(text, offset, skip_value(text, offset) - offset);
}

size_t locate_root(struct str text) { return skip_space(text, 0); }

void locate_place(struct str text, size_t offset, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        bool ends = text.ptr[i] == '\n';
        *line += ends;
        *column = ends ? 1 : *column + 1;
    }
}
