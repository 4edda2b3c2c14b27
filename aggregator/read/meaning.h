/* What the events of a chunk refer to, told one after the other: the video, the process, and which path a
 * descriptor is. For listings; reduce keeps sums in a table of its own. */
#ifndef READ_MEANING_H
#define READ_MEANING_H

#include "base/vec.h"
#include "model/chunk.h"
#include "model/record.h"

/* Strings point into the chunk; the lists belong to the arena. */
struct meaning {
    struct arena *arena;
    struct str video;
    uint32_t pid, tid;
    uint64_t start;
    uint32_t owner_pid; /* the process that the chunk belongs to */
    uint64_t owner_start;
    bool child;          /* a vfork child's events: it has a view of its own */
    struct vec names[2]; /* of struct fd_name: the owner's, the child's */
};

struct fd_name {
    uint64_t fd;
    struct str path; /* empty: none */
};

void meaning_start(struct meaning *meaning, struct arena *arena, const struct chunk *chunk);

/* Takes the next event in; returns the path of the descriptor that it is about, as it was before. */
struct str meaning_take(struct meaning *meaning, const struct record *record);

#endif
