/* The functions of <string.h> that the shim uses, its own: the program may have others by these names (a
 * sanitizer's, an instrumented libc's), which would judge what the shim does as if the program did it.
 * Hidden: only the shim's objects find them. A fence in each loop keeps the compiler from making it a call of
 * the very function that it is in. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#ifndef OWN /* the unit test has other names for them */
#define OWN(name) name
#endif

#define HIDDEN   __attribute__((visibility("hidden"), used))
#define FENCE(p) __asm__ volatile("" : "+r"(p))

void *OWN(memcpy)(void *, const void *, size_t) HIDDEN;
void *OWN(memset)(void *, int, size_t) HIDDEN;
int OWN(memcmp)(const void *, const void *, size_t) HIDDEN;
void *OWN(memchr)(const void *, int, size_t) HIDDEN;
void *OWN(memmem)(const void *, size_t, const void *, size_t) HIDDEN;
size_t OWN(strlen)(const char *) HIDDEN;
size_t OWN(strnlen)(const char *, size_t) HIDDEN;
int OWN(strcmp)(const char *, const char *) HIDDEN;
int OWN(strncmp)(const char *, const char *, size_t) HIDDEN;
char *OWN(strcpy)(char *, const char *) HIDDEN;
char *OWN(strncat)(char *, const char *, size_t) HIDDEN;
char *OWN(strchr)(const char *, int) HIDDEN;
char *OWN(strrchr)(const char *, int) HIDDEN;
size_t OWN(strspn)(const char *, const char *) HIDDEN;
size_t OWN(strcspn)(const char *, const char *) HIDDEN;
char *OWN(strstr)(const char *, const char *) HIDDEN;
size_t OWN(wcslen)(const wchar_t *) HIDDEN;
wchar_t *OWN(wmemchr)(const wchar_t *, wchar_t, size_t) HIDDEN;

/* ---- memory ---- */

/* Eight bytes anywhere. */
typedef uint64_t word __attribute__((may_alias, aligned(1)));

#define WORD_ONES  0x0101010101010101ull
#define WORD_HIGHS 0x8080808080808080ull

static bool has_zero(uint64_t w) { return ((w - WORD_ONES) & ~w & WORD_HIGHS) != 0; }

void *OWN(memcpy)(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    for (; n >= 8; n -= 8, t += 8, f += 8) {
        *(word *)t = *(const word *)f;
        FENCE(t);
    }
    for (; n > 0; n--, t++, f++) {
        *t = *f;
        FENCE(t);
    }
    return to;
}

void *OWN(memset)(void *to, int c, size_t n)
{
    uint8_t *t = to;
    uint64_t all = (uint8_t)c * WORD_ONES;
    for (; n >= 8; n -= 8, t += 8) {
        *(word *)t = all;
        FENCE(t);
    }
    for (; n > 0; n--, t++) {
        *t = (uint8_t)c;
        FENCE(t);
    }
    return to;
}

int OWN(memcmp)(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    for (; n > 0; n--, x++, y++) {
        FENCE(x);
        if (*x != *y)
            return *x - *y;
    }
    return 0;
}

void *OWN(memchr)(const void *in, int c, size_t n)
{
    const uint8_t *p = in;
    uint64_t all = (uint8_t)c * WORD_ONES;
    for (; n >= 8 && !has_zero(*(const word *)p ^ all); n -= 8, p += 8)
        FENCE(p);
    for (; n > 0; n--, p++) {
        FENCE(p);
        if (*p == (uint8_t)c)
            return (void *)p;
    }
    return NULL;
}

void *OWN(memmem)(const void *in, size_t n, const void *what, size_t m)
{
    const uint8_t *p = in, *end = p + n, *first = what;
    while (m > 0 && (size_t)(end - p) >= m) {
        p = OWN(memchr)(p, *first, (size_t)(end - p) - m + 1);
        if (!p || OWN(memcmp)(p, what, m) == 0)
            return (void *)p;
        p++;
    }
    return m == 0 ? (void *)in : NULL;
}

/* ---- text ---- */

/* Byte by byte: what lies behind the end is nobody's to read. */
size_t OWN(strnlen)(const char *text, size_t most)
{
    const char *p = text;
    for (; most > 0 && *p; most--, p++)
        FENCE(p);
    return (size_t)(p - text);
}

size_t OWN(strlen)(const char *text) { return OWN(strnlen)(text, SIZE_MAX); }

int OWN(strncmp)(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        FENCE(a);
        if (*a != *b || !*a)
            return (uint8_t)*a - (uint8_t)*b;
    }
    return 0;
}

int OWN(strcmp)(const char *a, const char *b) { return OWN(strncmp)(a, b, SIZE_MAX); }

char *OWN(strcpy)(char *to, const char *from)
{
    OWN(memcpy)(to, from, OWN(strlen)(from) + 1);
    return to;
}

char *OWN(strncat)(char *to, const char *from, size_t most)
{
    size_t n = OWN(strnlen)(from, most);
    char *end = to + OWN(strlen)(to);
    OWN(memcpy)(end, from, n);
    end[n] = '\0';
    return to;
}

char *OWN(strchr)(const char *text, int c)
{
    for (;; text++) {
        FENCE(text);
        if (*text == (char)c)
            return (char *)text;
        if (!*text)
            return NULL;
    }
}

char *OWN(strrchr)(const char *text, int c)
{
    char *last = NULL;
    for (;; text++) {
        FENCE(text);
        if (*text == (char)c)
            last = (char *)text;
        if (!*text)
            return last;
    }
}

size_t OWN(strspn)(const char *text, const char *set)
{
    const char *p = text;
    while (*p && OWN(strchr)(set, *p))
        p++;
    return (size_t)(p - text);
}

size_t OWN(strcspn)(const char *text, const char *set)
{
    const char *p = text;
    while (*p && !OWN(strchr)(set, *p))
        p++;
    return (size_t)(p - text);
}

char *OWN(strstr)(const char *text, const char *what)
{
    return OWN(memmem)(text, OWN(strlen)(text), what, OWN(strlen)(what));
}

/* ---- wide text ---- */

size_t OWN(wcslen)(const wchar_t *text)
{
    const wchar_t *p = text;
    for (; *p; p++)
        FENCE(p);
    return (size_t)(p - text);
}

wchar_t *OWN(wmemchr)(const wchar_t *text, wchar_t c, size_t n)
{
    for (; n > 0; n--, text++) {
        FENCE(text);
        if (*text == c)
            return (wchar_t *)text;
    }
    return NULL;
}
