/* Memory of the shim's own: some of its variables, then mapped from the kernel; only ever grown, never the
 * program's heap. Any thread, signal handlers included. What it holds is kept for the life of the process. */
#ifndef SHIM_MEMORY_H
#define SHIM_MEMORY_H

#include <stddef.h>

/* Fresh zeroed pages, or NULL. */
void *memory_map(size_t bytes);

/* Where to ask the kernel for so many bytes of a mapping of ours: far from where it puts the program's, so
 * that what the program has unmapped, and may still point to, stays unmapped. */
void *memory_hint(size_t bytes);

/* A piece of a shared block, aligned to 8, or NULL. Not for more than two pages. */
void *memory_take(size_t bytes);

/* A copy of n bytes with a NUL after it, or NULL. */
char *memory_text(const char *text, size_t n);

#endif
