/* Where a file went: the renames of a recording by the path that they took away. */
#ifndef PROCESSES_RENAMES_H
#define PROCESSES_RENAMES_H

#include "model/facts/facts.h"

struct renames {
    const struct facts *facts;
    struct map by_path; /* of the fact's `from` */
};

/* `facts` must be settled and outlive the result, which is in the arena. */
struct renames renames_index(struct arena *arena, const struct facts *facts);

/* The new name of `path`, used on `host` from `ticks` on, after the last rename of it or of a folder that it
 * lies in; empty when there is none. */
struct str renames_of(const struct renames *renames, struct arena *arena, uint32_t host, uint64_t ticks,
                      struct str path);

#endif
