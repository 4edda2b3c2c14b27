/* Compressed bodies, piece by piece: gzip, deflate, br and zstd. */
#ifndef DEEP_INFLATE_H
#define DEEP_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

struct inflate;

typedef void (*inflate_sink)(void *owner, const char *bytes, size_t n);

/* coding: the value of content-encoding. False: one that is not understood, or no memory; *out is NULL for
 * identity. */
bool inflate_begin(struct inflate **out, const char *coding, size_t bytes);

/* False: the data are damaged, or their window is larger than 8 MiB (zstd) or 16 MiB (br). The sink is called
 * with pieces of at most 16 KiB. */
bool inflate_feed(struct inflate *, const char *bytes, size_t n, inflate_sink, void *owner);

/* NULL is let through. */
void inflate_end(struct inflate *);

#endif
