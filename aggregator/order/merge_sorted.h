/* One row of items out of many sorted ones: a heap of what each has next. */
#ifndef ORDER_MERGE_SORTED_H
#define ORDER_MERGE_SORTED_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* Where an event stands among all: ties of time are broken by who it is and where it stands. */
struct merge_key {
    int64_t time_ns;
    const uint8_t *boot_id; /* 16 bytes */
    uint32_t pid, tid;
    uint64_t start, sequence;
};

/* <0, 0, >0 by (time, boot, pid, start, sequence, tid). */
int merge_sorted_order(const struct merge_key *a, const struct merge_key *b);

/* All zeros is empty. What the sources are is the caller's; they need only a key at their beginning. */
struct merge {
    struct arena *arena;
    struct vec heap; /* of struct merge_key * */
};

void merge_sorted_add(struct merge *merge, struct merge_key *source);

/* The source with the smallest key, or NULL. */
struct merge_key *merge_sorted_first(const struct merge *merge);

/* The first source's key has become larger; or it is used up and goes. */
void merge_sorted_first_moved(struct merge *merge);
void merge_sorted_first_ended(struct merge *merge);

#endif
