/* Whether a folder can hold a spool: what the recorder does there is tried, in a folder that is removed
 * again. */
#ifndef INSPECT_TRIAL_H
#define INSPECT_TRIAL_H

#include "base/arena.h"
#include "base/str.h"

/* What fails, in words ("files there cannot be mapped: No such device"); "": all of it works. */
struct str trial_of_spool(struct arena *arena, const char *folder);

#endif
