/* Matching a host against a list of patterns. */
#include "hosts.h"

#include <string.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* One * at a time: the last one may take more when what follows does not fit. */
static bool name_fits(const char *pattern, size_t pattern_bytes, const char *name, size_t bytes)
{
    size_t p = 0, n = 0, star = pattern_bytes, taken = 0;
    while (n < bytes) {
        if (p < pattern_bytes && pattern[p] == '*') {
            star = p++;
            taken = n;
        } else if (p < pattern_bytes && lower(pattern[p]) == lower(name[n])) {
            p++;
            n++;
        } else if (star < pattern_bytes) {
            p = star + 1;
            n = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern_bytes && pattern[p] == '*')
        p++;
    return p == pattern_bytes;
}

/* The port behind the host, 0: every one; *bytes becomes the host's length. */
static unsigned take_port(const char *pattern, size_t *bytes)
{
    const char *close = memchr(pattern, ']', *bytes);
    size_t from = close ? (size_t)(close - pattern) : 0, at = *bytes;
    while (at > from && pattern[at - 1] != ':')
        at--;
    if (at <= from || at == *bytes)
        return 0;
    unsigned port = 0;
    for (size_t i = at; i < *bytes; i++) {
        if (pattern[i] < '0' || pattern[i] > '9' || port > 65535)
            return 0;
        port = port * 10 + (unsigned)(pattern[i] - '0');
    }
    *bytes = at - 1;
    return port;
}

static bool pattern_fits(const char *pattern, size_t pattern_bytes, const char *host, size_t bytes,
                         unsigned port)
{
    unsigned wanted = take_port(pattern, &pattern_bytes);
    if (wanted != 0 && port != 0 && wanted != port)
        return false;
    if (pattern_bytes >= 2 && pattern[0] == '[' && pattern[pattern_bytes - 1] == ']') {
        pattern++;
        pattern_bytes -= 2;
    }
    return pattern_bytes > 0 && name_fits(pattern, pattern_bytes, host, bytes);
}

bool hosts_match(const char *patterns, const char *host, size_t bytes, unsigned port)
{
    while (patterns && *patterns) {
        size_t part = strcspn(patterns, ",");
        const char *pattern = patterns;
        patterns += part + (patterns[part] == ',');
        for (; part > 0 && *pattern == ' '; pattern++)
            part--;
        while (part > 0 && pattern[part - 1] == ' ')
            part--;
        if (pattern_fits(pattern, part, host, bytes, port))
            return true;
    }
    return false;
}
