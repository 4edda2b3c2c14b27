/* Powers of two from 64 B to 16 MiB, a list of free pieces for each. */
#include "deep/arena.h"

#include <string.h>

#define SMALLEST    6u  /* 64 B */
#define CLASSES     19u /* to 16 MiB, a brotli window */
#define BLOCK_BYTES (256u << 10)

union head {
    struct {
        union head *next;
        uint32_t class;
    } as;
    char bytes[16];
};

/* In builds with ASan: what nobody holds, and what lies behind what was asked for, must not be touched. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define FORBID(at, n) __asan_poison_memory_region(at, n)
#define ALLOW(at, n)  __asan_unpoison_memory_region(at, n)
#else
#define FORBID(at, n) ((void)(at), (void)(n))
#define ALLOW(at, n)  ((void)(at), (void)(n))
#endif

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
    if (bytes > BLOCK_BYTES)
        return deep_host->map(bytes);
    if ((size_t)(block_end - block) < bytes) {
        char *fresh = deep_host->map(BLOCK_BYTES);
        if (!fresh)
            return NULL;
        block = fresh;
        block_end = fresh + BLOCK_BYTES;
    }
    union head *h = (union head *)block;
    block += bytes;
    return h;
}

static size_t room_of(const union head *h) { return ((size_t)1 << (h->as.class + SMALLEST)) - sizeof *h; }

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
    FORBID(h + 1, room_of(h));
    ALLOW(h + 1, bytes);
    return h + 1;
}

void *arena_resize(void *memory, size_t bytes)
{
    size_t room = memory ? room_of((union head *)memory - 1) : 0;
    if (memory && bytes <= room) {
        ALLOW(memory, bytes);
        return memory;
    }
    void *fresh = arena_take(bytes);
    if (fresh && memory) {
        ALLOW(memory, room);
        memcpy(fresh, memory, room);
        arena_give(memory);
    }
    return fresh;
}

void arena_give(void *memory)
{
    if (!memory)
        return;
    union head *h = (union head *)memory - 1;
    ALLOW(memory, room_of(h));
    memset(memory, 0, room_of(h));
    __asm__ volatile("" ::"r"(memory) : "memory"); /* the wiping is meant */
    FORBID(memory, room_of(h));
    lock();
    h->as.next = free_pieces[h->as.class];
    free_pieces[h->as.class] = h;
    unlock();
}
