/* What is known of the descriptors of a chunk: one table for the process that the chunk belongs to, another
 * for a vfork child that writes into the same chunk.
 *
 * Slots are reached by number without hashing. Sums are gathered in them and go to the facts when a
 * descriptor gets another meaning, when the video or the process changes, and at the chunk's end. */
#ifndef REDUCE_SLOTS_H
#define REDUCE_SLOTS_H

#include "model/facts/facts.h"

enum direction { DIRECTION_READ, DIRECTION_WRITE };

struct slot {
    uint64_t stamp; /* of the table when it was last used; another one: empty */
    uint64_t bytes[2], ops[2];
    uint64_t first[2], last[2];                                  /* units of time, valid when there are ops */
    uint64_t opens, open_ticks, open_write_ticks, created_ticks; /* 0: not opened here */
    struct str path;                                             /* in the chunk; empty: none */
    uint8_t type;                                                /* enum vl_fd_type */
    bool temp;
};

#define SLOTS_LOW   256u       /* in one array */
#define SLOTS_PAGES (1u << 12) /* of as many slots, made when needed */

struct slots {
    struct arena *arena;
    uint64_t stamp;
    struct slot low[SLOTS_LOW];
    struct slot *pages[SLOTS_PAGES];
    struct slot other; /* for descriptors beyond the table: sums without a path */
    struct vec used;   /* of uint32_t: descriptors with this stamp */
};

/* Forgets everything. */
void slots_clear(struct slots *slots);

/* The slot of a descriptor, empty when it is new. */
struct slot *slots_get(struct slots *slots, uint64_t fd);

/* Takes the meaning of all descriptors from another table, without sums. */
void slots_inherit(struct slots *slots, const struct slots *from);

static inline struct slot *slots_get_fast(struct slots *slots, uint64_t fd)
{
    if (fd < SLOTS_LOW && slots->low[fd].stamp == slots->stamp)
        return &slots->low[fd];
    return slots_get(slots, fd);
}

/* For each used slot. */
#define SLOTS_EACH(slot, slots)                                                                              \
    for (size_t slot##_i = 0; slot##_i < (slots)->used.count; slot##_i++)                                    \
        for (struct slot *slot = slots_get((slots), *VEC_AT(&(slots)->used, uint32_t, slot##_i)); slot;      \
             slot = NULL)

#endif
