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
    struct vl_chunk head = {
        .version = VL_FORMAT_VERSION,
        .kind = (uint8_t)kind,
        .header_bytes = sizeof *h,
        .chunk_bytes = bytes,
        .sequence = place.sequence,
        .process_start = self.process.start,
        .parent_start = self.process.parent_start,
        .pid = self.process.pid,
        .tid = place.tid,
        .ppid = self.process.ppid,
        .utc_offset_seconds = self_utc_offset(now.realtime_ns),
        .ticks = now.ticks,
        .realtime_ns = now.realtime_ns,
        .monotonic_ns = now.monotonic_ns,
        .error_ticks = now.error_ticks,
        .clock = shim.clock,
        .tick_shift = shim.shift,
        .nested = place.nested,
        .program = self.claude ? VL_PROGRAM_CLAUDE : VL_PROGRAM_ANY,
    };
    memcpy(head.boot_id, self.boot_id, sizeof head.boot_id);
    memcpy(head.host, self.host, sizeof head.host);
    memcpy((char *)h + sizeof h->magic, (char *)&head + sizeof head.magic, sizeof head - sizeof head.magic);
    __atomic_store_n(&h->magic, VL_MAGIC, __ATOMIC_RELEASE);
    return now.ticks;
}

void chunk_finish(struct vl_chunk *h, uint32_t used)
{
    h->crc32c = vl_chunk_checksum(h, used, shim.crc);
    __atomic_store_n(&h->used_bytes, used, __ATOMIC_RELEASE);
}
