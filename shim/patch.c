/* Finding the mapping, and private pages in its place. */
#include "patch.h"

#include "lines.h"
#include "raw.h"
#include "spool.h"
#include "threads.h"

#include <sys/mman.h>

static bool lies_in(const void *base, size_t bytes, uintptr_t address)
{
    return base && address - (uintptr_t)base < bytes;
}

struct range {
    void *base;
    uint32_t bytes;
};

static bool range_of(uintptr_t address, struct range *out)
{
    return threads_find_chunk(address, &out->base, &out->bytes) ||
           lines_find_ring(address, &out->base, &out->bytes) ||
           spool_find_control(address, &out->base, &out->bytes);
}

/* The page that counts may be gone as well. The handler returns next, and with it the mask. */
static void count_loss(void)
{
    if (raw_forbidden())
        return;
    uint64_t bus = 1ull << (SIGBUS - 1);
    raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &bus, NULL, sizeof bus);
    spool_dropped(VL_REASON_SPOOL_LOST);
}

/* The file behind a chunk of ours is gone: zeros of our own in its place, and nobody in the program notices.
 */
bool patch_over(uintptr_t address)
{
    struct range r;
    if (!range_of(address, &r) || !lies_in(r.base, r.bytes, address))
        return false;
    /* where the program filters system calls this one is no worse than the signal */
    long p = raw6_always(SYS_mmap, (long)r.base, r.bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (p < 0 && p > -4096)
        return false;
    count_loss();
    return true;
}
