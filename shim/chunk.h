/* A chunk's first and last bytes: the header with its identity and clock reading, and the checksum. */
#ifndef SHIM_CHUNK_H
#define SHIM_CHUNK_H

#include "vl/spool.h"

#include <stdbool.h>

struct chunk_place {
    uint32_t tid;
    uint32_t sequence;
    bool nested;
};

/* Fills the header of a fresh chunk, its first byte last; returns its ticks. */
uint64_t chunk_head(struct vl_chunk *h, enum vl_chunk_kind kind, uint32_t bytes, struct chunk_place place);

/* Stores checksum and size: nothing is added any more. used counts the header. */
void chunk_finish(struct vl_chunk *h, uint32_t used);

#endif
