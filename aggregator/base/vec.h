/* A growing array in an arena. All zeros is an empty one. The type is said at each use:
 *
 *   struct vec v = {0};
 *   VEC_PUSH(arena, &v, struct thing)->field = 1;
 *   VEC_EACH(struct thing, t, &v) use(t);
 *
 * A push may move the items: pointers to them die with it. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct vec {
    void *items;
    size_t count, capacity;
};

/* A new item of zeros at the end. */
void *vec_push(struct arena *arena, struct vec *vec, size_t item_bytes);

/* A new item of zeros before item `at` (at most count). */
void *vec_insert(struct arena *arena, struct vec *vec, size_t item_bytes, size_t at);

/* Room for `count` items in all, so that pushes up to there do not move. */
void vec_reserve(struct arena *arena, struct vec *vec, size_t item_bytes, size_t count);

/* A copy with its items in `arena`. */
struct vec vec_copy(struct arena *arena, const struct vec *vec, size_t item_bytes);

/* Sorts; equal items keep no order, so `order` should leave none equal that differ. */
void vec_sort(struct vec *vec, size_t item_bytes, int (*order)(const void *, const void *));

/* Where `key` is, or should be, in a sorted array: the first item that is not before it. */
size_t vec_lower(const struct vec *vec, size_t item_bytes, const void *key,
                 int (*order)(const void *, const void *));

#define VEC_AT(vec, type, i)       (&((type *)(vec)->items)[i])
#define VEC_LAST(vec, type)        (&((type *)(vec)->items)[(vec)->count - 1])
#define VEC_PUSH(arena, vec, type) ((type *)vec_push((arena), (vec), sizeof(type)))
#define VEC_SORT(vec, type, order) vec_sort((vec), sizeof(type), (order))
#define VEC_EACH(type, name, vec)                                                                            \
    for (type *name = (vec)->items, *name##_end = name ? name + (vec)->count : name; name != name##_end;     \
         name++)

#endif
