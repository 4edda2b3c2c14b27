/* Putting text together in room that is given: never allocates, never writes beyond it, always ends with NUL.
 */
#ifndef SHIM_WORDS_H
#define SHIM_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct words {
    char *at, *end;
};

/* What does not fit is left out as a whole. */
static inline void words_put(struct words *w, const char *s, size_t n)
{
    if ((size_t)(w->end - w->at) <= n)
        n = 0;
    memcpy(w->at, s, n);
    w->at += n;
    *w->at = '\0';
}

static inline void words_text(struct words *w, const char *s) { words_put(w, s, strlen(s)); }

/* A hexadecimal number and the comma behind it. */
static inline void words_hex(struct words *w, uint64_t v)
{
    char digits[17] = {[16] = ','};
    size_t n = 16;
    do
        digits[--n] = "0123456789abcdef"[v & 15];
    while ((v >>= 4) > 0);
    words_put(w, digits + n, sizeof digits - n);
}

#endif
