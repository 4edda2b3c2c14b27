/* Open addressing with linear probing; at most three quarters full. */
#include "base/map.h"

#include "base/arena.h"
#include "base/diag.h"

#define FIRST_CAPACITY 16

/* The slot's place comes from the lower half, but the tag must find it again when the table grows. */
static uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash ^ (hash >> 32)); }

static void put_slot(struct map *map, struct map_slot slot)
{
    uint32_t mask = map->capacity - 1;
    uint32_t at = slot.tag & mask;
    while (map->slots[at].value)
        at = (at + 1) & mask;
    map->slots[at] = slot;
}

static void grow(struct arena *arena, struct map *map)
{
    struct map old = *map;
    if (old.capacity > UINT32_MAX / 2)
        diag_no_memory();
    map->capacity = old.capacity ? old.capacity * 2 : FIRST_CAPACITY;
    map->slots = arena_alloc(arena, sizeof *map->slots * map->capacity);
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.slots[i].value)
            put_slot(map, old.slots[i]);
    arena_drop(arena, old.slots, sizeof *old.slots * old.capacity);
}

void map_add(struct arena *arena, struct map *map, uint64_t hash, uint32_t index)
{
    if (map->count >= map->capacity / 4 * 3)
        grow(arena, map);
    put_slot(map, (struct map_slot){tag_of(hash), index + 1});
    map->count++;
}

uint32_t map_next(const struct map *map, uint64_t hash, uint32_t *at)
{
    if (!map->capacity)
        return MAP_END;
    uint32_t mask = map->capacity - 1, tag = tag_of(hash);
    for (;;) {
        struct map_slot slot = map->slots[(tag + (*at)++) & mask];
        if (!slot.value)
            return MAP_END;
        if (slot.tag == tag)
            return slot.value - 1;
    }
}

uint32_t intern_find(const struct intern *intern, struct str s)
{
    uint64_t hash = str_hash(s);
    MAP_EACH (id, &intern->map, hash)
        if (str_equal(intern_str(intern, id), s))
            return id;
    return MAP_END;
}

uint32_t intern_add(struct arena *arena, struct intern *intern, struct str s)
{
    uint32_t id = intern_find(intern, s);
    if (id != MAP_END)
        return id;
    id = (uint32_t)intern->strings.count;
    *VEC_PUSH(arena, &intern->strings, struct str) = str_copy(arena, s);
    map_add(arena, &intern->map, str_hash(s), id);
    return id;
}

struct str intern_str(const struct intern *intern, uint32_t id)
{
    return *VEC_AT(&intern->strings, struct str, id);
}

struct str intern_keep(struct arena *arena, struct intern *intern, struct str s)
{
    return intern_str(intern, intern_add(arena, intern, s));
}
