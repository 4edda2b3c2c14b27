/* Blocks handed out from front to back by an atomic add; the first is among the shim's own variables, so that
 * a process which needs little maps nothing and touches no page for it. */
#include "memory.h"

#include "raw.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define BLOCK_BYTES (64u << 10)
#define FIRST_BYTES 3072u

/* What is handed out comes after it. */
struct block {
    size_t taken; /* atomic */
};

static struct {
    struct block block;
    char bytes[FIRST_BYTES] __attribute__((aligned(8)));
} first;
/* Atomic: release pairs with the acquire in memory_take. */
static struct block *current = &first.block;

static size_t room_of(const struct block *b)
{
    return b == &first.block ? FIRST_BYTES : BLOCK_BYTES - sizeof *b;
}

/* Places that are handed out in turn, far below this library. One that is taken is given up by the kernel,
 * which then chooses itself. */
#define PLACE_BELOW ((uintptr_t)32 << 30)
#define PLACE_BYTES ((uintptr_t)1 << 30)
#define PLACE_ALIGN ((uintptr_t)64 << 10)

void *memory_hint(size_t bytes)
{
    static uintptr_t next; /* atomic */
    uintptr_t own = (uintptr_t)&first & -PLACE_BYTES;
    uintptr_t at = __atomic_fetch_add(&next, (bytes + PLACE_ALIGN - 1) & -PLACE_ALIGN, __ATOMIC_RELAXED);
    return own < 2 * PLACE_BELOW ? NULL : (void *)(own - PLACE_BELOW + at % PLACE_BYTES);
}

void *memory_map(size_t bytes)
{
    long p = raw6(SYS_mmap, (long)memory_hint(bytes), (long)bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p < 0 && p > -4096 ? NULL : (void *)p;
}

/* Two threads may both bring a block: the loser's is given back. */
static struct block *block_add(struct block *full)
{
    struct block *fresh = memory_map(BLOCK_BYTES);
    if (!fresh)
        return NULL;
    if (__atomic_compare_exchange_n(&current, &full, fresh, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    raw(SYS_munmap, fresh, BLOCK_BYTES);
    return full;
}

void *memory_take(size_t bytes)
{
    bytes = (bytes + 7) & ~(size_t)7;
    if (bytes > 2 * 4096u)
        return NULL;
    struct block *b = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    for (;;) {
        size_t at = __atomic_fetch_add(&b->taken, bytes, __ATOMIC_RELAXED);
        if (at + bytes <= room_of(b))
            return (char *)(b + 1) + at;
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
