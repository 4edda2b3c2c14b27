/* Adds what a chunk says to a set of facts. A chunk means the same wherever and whenever it is read, so any
 * grouping and order of chunks gives the same facts.
 *
 * One reducer serves one thread. It belongs to the caller; the facts must outlive it. */
#ifndef REDUCE_REDUCE_H
#define REDUCE_REDUCE_H

#include "model/chunk.h"
#include "model/facts/facts.h"

struct reducer;

struct reducer *reducer_new(struct facts *facts);
void reducer_free(struct reducer *reducer); /* NULL is fine */

/* Returns 0, or the offset in the chunk at which its events end in something that is no event; what stands
 * before it is in the facts. */
uint32_t reduce_chunk(struct reducer *reducer, const struct chunk *chunk);

#endif
