/* From a hash to the indices stored under it, in an arena; the caller compares the keys. All zeros is empty.
 *
 *   MAP_EACH(index, &map, hash)
 *       if (same(index, key))
 *           return index;
 *   map_add(arena, &map, hash, fresh);
 *
 * Indices under one hash come in no particular order. Nothing is ever taken out. At most 2^31 entries. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

struct map_slot {
    uint32_t tag;   /* upper half of the hash */
    uint32_t value; /* index + 1; 0: empty */
};

struct map {
    struct map_slot *slots;
    uint32_t count, capacity; /* capacity: 0 or a power of two */
};

#define MAP_END UINT32_MAX

void map_add(struct arena *arena, struct map *map, uint64_t hash, uint32_t index);

/* The next index stored under `hash`, or MAP_END; *at is 0 at first. For MAP_EACH. */
uint32_t map_next(const struct map *map, uint64_t hash, uint32_t *at);

#define MAP_EACH(index, map, hash)                                                                           \
    for (uint32_t index##_at = 0, index; (index = map_next((map), (hash), &index##_at)) != MAP_END;)

/* Mixes one more number into a hash. */
static inline uint64_t map_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0xff51afd7ed558ccdu;
    return hash ^ (hash >> 32);
}

/* Each different string once; ids count from 0 in order of arrival. All zeros is empty. */
struct intern {
    struct map map;
    struct vec strings; /* of struct str, NUL after each */
};

/* The id of s, copied into the arena when it is new. */
uint32_t intern_add(struct arena *arena, struct intern *intern, struct str s);

/* The id of s, or MAP_END. */
uint32_t intern_find(const struct intern *intern, struct str s);

/* The stored copy. */
struct str intern_str(const struct intern *intern, uint32_t id);

/* intern_add, then intern_str. */
struct str intern_keep(struct arena *arena, struct intern *intern, struct str s);

#endif
