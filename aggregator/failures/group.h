/* Counts errors. */
#ifndef FAILURES_GROUP_H
#define FAILURES_GROUP_H

#include "model/groups.h"

/* The story's mishaps as groups (struct group), by time of the first. Echoes of another mishap of the same
 * category do not count. Fingerprints of the mishaps are filled in. */
struct vec errors_group(struct arena *arena, struct story *story);

#endif
