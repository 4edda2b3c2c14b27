/* The memory of this library: size classes over blocks of deep_host.map, which are never given back.
 *
 * Any thread. What is given up is wiped: it held bytes of prompts and answers. */
#ifndef DEEP_ARENA_H
#define DEEP_ARENA_H

#include "deep/deep.h"

/* Before anything else; once. */
void arena_begin(const struct deep_host *);

/* Zeroed, aligned to 16; NULL: no memory, or more than nearly 16 MiB asked for. */
void *arena_take(size_t bytes);

/* As realloc; NULL: no memory, and what was there stays. What is new is not zeroed. */
void *arena_resize(void *memory, size_t bytes);

/* NULL is let through. */
void arena_give(void *memory);

/* The library's users need the host, too. */
extern const struct deep_host *deep_host;

#endif
