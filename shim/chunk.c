/* Heads and ends of chunks. */
#include "chunk.h"

#include "clock.h"
#include "self.h"
#include "vl/crc32c.h"
#include "vl/version.h"

#include <string.h>

uint64_t chunk_head(struct vl_chunk *h, enum vl_chunk_kind kind, uint32_t bytes, struct chunk_place place)
{
    struct clock_reading now = clock_read();
    h->version = VL_FORMAT_VERSION; /* where it is to be: all zeros, and seen by nobody without the magic */
    h->kind = (uint8_t)kind;
    h->header_bytes = sizeof *h;
    h->chunk_bytes = bytes;
    h->sequence = place.sequence;
    h->process_start = self.process.start;
    h->parent_start = self.process.parent_start;
    h->pid = self.process.pid;
    h->tid = place.tid;
    h->ppid = self.process.ppid;
    h->utc_offset_seconds = __atomic_load_n(&self.utc_offset, __ATOMIC_RELAXED);
    h->ticks = now.ticks;
    h->realtime_ns = now.realtime_ns;
    h->monotonic_ns = now.monotonic_ns;
    h->error_ticks = now.error_ticks;
    h->clock = shim.clock;
    h->tick_shift = shim.shift;
    h->nested = place.nested;
    h->program = self.claude ? VL_PROGRAM_CLAUDE : VL_PROGRAM_ANY;
    memcpy(h->boot_id, self.boot_id, sizeof h->boot_id);
    memcpy(h->host, self.host, sizeof h->host);
    __atomic_store_n(&h->magic, VL_MAGIC, __ATOMIC_RELEASE);
    return now.ticks;
}

void chunk_finish(struct vl_chunk *h, uint32_t used)
{
    h->crc32c = vl_chunk_checksum(h, used, shim.crc);
    __atomic_store_n(&h->used_bytes, used, __ATOMIC_RELEASE);
}
