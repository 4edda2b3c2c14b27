/* Giving up the oldest finished chunks of a file. */
#include "rotate.h"

#include "raw.h"
#include "vl/spool.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <unistd.h>

#define LOOKS_MAX 256 /* chunks looked at in one go: those of living threads are not finished and stay */

/* The chunk at an offset, as far as its size is credible. */
static int chunk_at(long fd, int64_t offset, struct vl_chunk *h)
{
    long n = raw(SYS_pread64, fd, h, sizeof *h, offset);
    return n == (long)sizeof *h && h->magic == VL_MAGIC && h->chunk_bytes >= VL_PAGE &&
           h->chunk_bytes <= VL_CHUNK_MAX && h->chunk_bytes % VL_PAGE == 0;
}

uint64_t rotate_oldest(long fd, uint64_t wanted)
{
    int64_t at = 0;
    uint64_t freed = 0;
    for (int looks = 0; looks < LOOKS_MAX && freed < wanted; looks++) {
        struct vl_chunk h;
        at = raw(SYS_lseek, fd, at, SEEK_DATA); /* steps over what was given up before */
        if (at < 0)
            break;
        at &= ~(int64_t)(VL_PAGE - 1);
        if (!chunk_at(fd, at, &h)) {
            at += VL_PAGE;
            continue;
        }
        if (h.kind == VL_CHUNK_EVENTS && h.used_bytes != 0 &&
            raw(SYS_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, h.chunk_bytes) == 0)
            freed += h.chunk_bytes;
        at += h.chunk_bytes;
    }
    return freed;
}
