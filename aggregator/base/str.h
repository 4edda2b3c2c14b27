/* A run of bytes that somebody else owns: not terminated, any bytes, never NULL unless empty. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT      "%.*s"
#define STR_ARG(s)   (int)(s).len, (s).ptr ? (s).ptr : "" /* for STR_FMT; lengths below 2 GiB */

static inline struct str str_of(const char *text) { return (struct str){text, text ? strlen(text) : 0}; }

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* <0, 0, >0 by bytes; a prefix comes first. */
int str_compare(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* From byte `from` on, at most `len` bytes; bounds are clipped. */
struct str str_slice(struct str s, size_t from, size_t len);

/* Where the first `part` begins, or -1. An empty part is at 0. */
ptrdiff_t str_find(struct str s, struct str part);

/* Spaces, tabs and line ends off both sides. */
struct str str_trim(struct str s);

/* After the last '/' (all of it when there is none); before the last '/' ("" when there is none). */
struct str str_basename(struct str path);
struct str str_dirname(struct str path);

/* Takes the part before the next `separator` off *rest; false when *rest was used up (its ptr is NULL). */
bool str_next(struct str *rest, char separator, struct str *part);

uint64_t str_hash(struct str s);

/* In the arena; the copy is followed by a NUL. */
struct str str_copy(struct arena *arena, struct str s);
const char *str_c(struct arena *arena, struct str s);
struct str str_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
