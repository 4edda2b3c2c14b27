/* Counts errors. */
#ifndef FAILURES_GROUP_H
#define FAILURES_GROUP_H

#include "model/story.h"

/* The story's failures as groups (struct group), by time of the first. Echoes of another failure of the same
 * category do not count. Fingerprints of the failures are filled in. */
struct vec group_failures(struct arena *arena, struct story *story);

/* Of the category, the message without numbers and folders, and the functions of the traceback that are the
 * program's own, without lines; a file of the scene's name counts as the scene's. */
uint64_t fingerprint_of(const struct failure *failure);

#endif
