/* Growth by doubling, and the two searches that sorted arrays need. */
#include "base/vec.h"

#include "base/arena.h"
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 4

void vec_reserve(struct arena *arena, struct vec *vec, size_t item_bytes, size_t count)
{
    if (count <= vec->capacity)
        return;
    if (count > SIZE_MAX / 2 / item_bytes)
        diag_no_memory();
    vec->items = arena_resize(arena, vec->items, vec->capacity * item_bytes, count * item_bytes);
    vec->capacity = count;
}

static unsigned char *grow(struct arena *arena, struct vec *vec, size_t item_bytes)
{
    if (vec->count == vec->capacity)
        vec_reserve(arena, vec, item_bytes, vec->capacity ? vec->capacity * 2 : FIRST_CAPACITY);
    vec->count++;
    return vec->items;
}

void *vec_push(struct arena *arena, struct vec *vec, size_t item_bytes)
{
    unsigned char *item = grow(arena, vec, item_bytes) + (vec->count - 1) * item_bytes;
    return memset(item, 0, item_bytes);
}

void *vec_insert(struct arena *arena, struct vec *vec, size_t item_bytes, size_t at)
{
    if (at > vec->count)
        BUG("an insertion beyond the end");
    unsigned char *item = grow(arena, vec, item_bytes) + at * item_bytes;
    memmove(item + item_bytes, item, (vec->count - 1 - at) * item_bytes);
    return memset(item, 0, item_bytes);
}

struct vec vec_copy(struct arena *arena, const struct vec *vec, size_t item_bytes)
{
    struct vec copy = {.count = vec->count, .capacity = vec->count};
    if (vec->count)
        copy.items = arena_copy(arena, vec->items, vec->count * item_bytes);
    return copy;
}

void vec_sort(struct vec *vec, size_t item_bytes, int (*order)(const void *, const void *))
{
    if (vec->count > 1)
        qsort(vec->items, vec->count, item_bytes, order);
}

size_t vec_lower(const struct vec *vec, size_t item_bytes, const void *key,
                 int (*order)(const void *, const void *))
{
    size_t low = 0, high = vec->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order((const unsigned char *)vec->items + middle * item_bytes, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
