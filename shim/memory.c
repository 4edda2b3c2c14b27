/* A block of pages handed out from front to back by an atomic add. */
#include "memory.h"

#include "raw.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define BLOCK_BYTES (64u << 10)

struct block {
    size_t taken; /* atomic */
    char bytes[BLOCK_BYTES - sizeof(size_t)];
};

static struct block *current; /* atomic: release pairs with the acquire in memory_take */

void *memory_map(size_t bytes)
{
    long p = raw6(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p < 0 && p > -4096 ? NULL : (void *)p;
}

/* Two threads may both bring a block: the loser's is given back. */
static struct block *block_add(struct block *full)
{
    struct block *fresh = memory_map(sizeof *fresh);
    if (!fresh)
        return NULL;
    if (__atomic_compare_exchange_n(&current, &full, fresh, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    raw(SYS_munmap, fresh, sizeof *fresh);
    return full;
}

void *memory_take(size_t bytes)
{
    bytes = (bytes + 7) & ~(size_t)7;
    if (bytes > 2 * 4096u)
        return NULL;
    struct block *b = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    for (;;) {
        if (b) {
            size_t at = __atomic_fetch_add(&b->taken, bytes, __ATOMIC_RELAXED);
            if (at + bytes <= sizeof b->bytes)
                return b->bytes + at;
        }
        b = block_add(b);
        if (!b)
            return NULL;
    }
}

char *memory_text(const char *text, size_t n)
{
    char *copy = memory_take(n + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}
