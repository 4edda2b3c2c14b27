/* See python/pattern.h. */
#include "python/pattern.h"

#include <string.h>

bool pattern_fits(const char *p, const char *p_end, const char *s, const char *s_end)
{
    const char *star = NULL, *retry = NULL;
    while (s < s_end) {
        if (p < p_end && *p == '*') {
            star = ++p;
            retry = s;
        } else if (p < p_end && (*p == '?' || *p == *s)) {
            p++;
            s++;
        } else if (star) {
            p = star;
            s = ++retry;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '*')
        p++;
    return p == p_end;
}

bool pattern_is_open(const char *pattern, size_t bytes)
{
    return memchr(pattern, '*', bytes) || memchr(pattern, '?', bytes);
}

const char *pattern_last(const char *text, const char *end, char c)
{
    while (end > text && end[-1] != c)
        end--;
    return end;
}

size_t pattern_module_bytes(const char *file, size_t n)
{
    static const char *const ends[] = {".py", ".pyc", "/__init__"};
    for (size_t i = 0; i < 3; i++) {
        size_t e = strlen(ends[i]);
        if (n > e && memcmp(file + n - e, ends[i], e) == 0)
            n -= e;
    }
    return n;
}

bool pattern_fits_module(const char *module, const char *file, size_t bytes, const char **name)
{
    const char *m_end = module + strlen(module), *f_end = file + bytes;
    for (;;) {
        const char *m = pattern_last(module, m_end, '.'), *f = pattern_last(file, f_end, '/');
        if (f == f_end || !pattern_fits(m, m_end, f, f_end))
            return false;
        *name = f;
        if (m == module)
            return true;
        if (f == file)
            return false;
        m_end = m - 1;
        f_end = f - 1;
    }
}
