/* Powers of two from 64 B to 2 MiB, a list of free pieces for each. */
#include "deep/arena.h"

#include <string.h>

#define SMALLEST    6u  /* 64 B */
#define CLASSES     16u /* to 2 MiB */
#define BLOCK_BYTES (256u << 10)

union head {
    struct {
        union head *next;
        uint32_t class;
    } as;
    char bytes[16];
};

const struct deep_host *deep_host;

static union head *free_pieces[CLASSES];
static char *block, *block_end;
static char taken; /* a spin lock: what it guards are a few loads and stores */

static void lock(void)
{
    while (__atomic_test_and_set(&taken, __ATOMIC_ACQUIRE))
        __asm__ volatile("" ::: "memory");
}

static void unlock(void) { __atomic_clear(&taken, __ATOMIC_RELEASE); }

void arena_begin(const struct deep_host *host) { deep_host = host; }

static union head *cut(size_t bytes)
{
    if ((size_t)(block_end - block) < bytes) {
        size_t all = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        char *fresh = deep_host->map(all);
        if (!fresh)
            return NULL;
        block = fresh;
        block_end = fresh + all;
    }
    union head *h = (union head *)block;
    block += bytes;
    return h;
}

void *arena_take(size_t bytes)
{
    uint32_t class = 0;
    while (class < CLASSES && ((size_t)1 << (class + SMALLEST)) < bytes + sizeof(union head))
        class ++;
    if (class == CLASSES)
        return NULL;
    lock();
    union head *h = free_pieces[class];
    if (h)
        free_pieces[class] = h->as.next;
    else
        h = cut((size_t)1 << (class + SMALLEST));
    unlock();
    if (!h)
        return NULL;
    h->as.class = class;
    return h + 1;
}

void arena_give(void *memory)
{
    if (!memory)
        return;
    union head *h = (union head *)memory - 1;
    memset(memory, 0, ((size_t)1 << (h->as.class + SMALLEST)) - sizeof *h);
    __asm__ volatile("" ::"r"(memory) : "memory"); /* the wiping is meant */
    lock();
    h->as.next = free_pieces[h->as.class];
    free_pieces[h->as.class] = h;
    unlock();
}
