/* A list of pages to cut small blocks from, and a list of large blocks with a page of their own. */
#include "base/arena.h"

#include "base/diag.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PAGE   (4u << 10)
#define LARGEST_PAGE (256u << 10)
#define LARGE_BLOCK  (16u << 10)
#define ALIGNMENT    alignof(max_align_t)

struct page {
    struct page *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct large {
    struct large *next, **link; /* link: what points here */
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct page *pages;
    struct large *larges;
    size_t total;
};

static void *must(void *p)
{
    if (!p)
        diag_no_memory();
    return p;
}

struct arena *arena_new(void) { return must(calloc(1, sizeof(struct arena))); }

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct page *page = arena->pages, *next; page; page = next) {
        next = page->next;
        free(page);
    }
    for (struct large *large = arena->larges, *next; large; large = next) {
        next = large->next;
        free(large);
    }
    free(arena);
}

static size_t rounded(size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        diag_no_memory();
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void add_page(struct arena *arena)
{
    size_t size = arena->pages ? arena->pages->size * 2 : FIRST_PAGE;
    if (size > LARGEST_PAGE)
        size = LARGEST_PAGE;
    if (size < LARGE_BLOCK)
        size = LARGE_BLOCK;
    struct page *page = must(malloc(sizeof *page + size));
    *page = (struct page){.next = arena->pages, .size = size};
    arena->pages = page;
    arena->total += sizeof *page + size;
}

static void large_link(struct arena *arena, struct large *large)
{
    large->next = arena->larges;
    large->link = &arena->larges;
    if (large->next)
        large->next->link = &large->next;
    arena->larges = large;
    arena->total += sizeof *large + large->size;
}

static void large_unlink(struct arena *arena, struct large *large)
{
    *large->link = large->next;
    if (large->next)
        large->next->link = large->link;
    arena->total -= sizeof *large + large->size;
}

static void *large_new(struct arena *arena, size_t bytes)
{
    struct large *large = must(calloc(1, sizeof *large + bytes));
    large->size = bytes;
    large_link(arena, large);
    return large->bytes;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    bytes = rounded(bytes);
    if (bytes > LARGE_BLOCK)
        return large_new(arena, bytes);
    if (!arena->pages || arena->pages->size - arena->pages->used < bytes)
        add_page(arena);
    struct page *page = arena->pages;
    void *block = page->bytes + page->used;
    page->used += bytes;
    return memset(block, 0, bytes);
}

static struct large *large_of(void *block)
{
    return (struct large *)(void *)((unsigned char *)block - offsetof(struct large, bytes));
}

void arena_drop(struct arena *arena, void *block, size_t bytes)
{
    if (!block || rounded(bytes) <= LARGE_BLOCK)
        return;
    large_unlink(arena, large_of(block));
    free(large_of(block));
}

static void *large_resize(struct arena *arena, void *block, size_t bytes)
{
    struct large *large = large_of(block);
    size_t old = large->size;
    large_unlink(arena, large);
    large = must(realloc(large, sizeof *large + bytes));
    if (bytes > old)
        memset(large->bytes + old, 0, bytes - old);
    large->size = bytes;
    large_link(arena, large);
    return large->bytes;
}

void *arena_resize(struct arena *arena, void *block, size_t old, size_t bytes)
{
    if (block && rounded(old) > LARGE_BLOCK && rounded(bytes) > LARGE_BLOCK)
        return large_resize(arena, block, rounded(bytes));
    void *fresh = arena_alloc(arena, bytes);
    if (block && old)
        memcpy(fresh, block, old < bytes ? old : bytes);
    arena_drop(arena, block, old);
    return fresh;
}

void *arena_copy(struct arena *arena, const void *from, size_t bytes)
{
    void *copy = arena_alloc(arena, bytes);
    return bytes ? memcpy(copy, from, bytes) : copy;
}

size_t arena_bytes(const struct arena *arena) { return arena->total; }
