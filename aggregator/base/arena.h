/* Memory that is given back all at once.
 *
 * What an arena hands out belongs to it and lives until arena_free. It never returns NULL (diag_no_memory).
 * One thread at a time may use an arena. Large blocks are kept apart, so that arena_resize moves them without
 * leaving the old one behind. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */

/* Bytes of zeros, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Moves a block (or NULL with old = 0) to one of `bytes`; what is added is zero. The old address is dead. */
void *arena_resize(struct arena *arena, void *block, size_t old, size_t bytes);

/* Gives a block back early if it is a large one; else it stays until arena_free. NULL with 0 is fine. */
void arena_drop(struct arena *arena, void *block, size_t bytes);

void *arena_copy(struct arena *arena, const void *from, size_t bytes);

/* Bytes asked of the system so far: for tests and budgets. */
size_t arena_bytes(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
