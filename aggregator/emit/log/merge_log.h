/* One logs.json out of what others wrote and ours: nothing of theirs is lost, ours replaces ours. */
#ifndef EMIT_LOG_MERGE_LOG_H
#define EMIT_LOG_MERGE_LOG_H

#include <jansson.h>

/* A new document. Entries without "by":"vlagg" are kept in their order, before ours. An entry of ours that
 * tells of the same thing as one of theirs is the "recorded" of that, or left out where it only repeats what
 * the program said. Where theirs has a key that ours needs for something else, theirs keeps it and ours is
 * <key>_vlagg; a section of another shape moves to <key>_legacy. `old`: what is there; `older`: another log
 * of the same video, joined with it; both may be NULL. */
json_t *merge_log(const json_t *old, const json_t *older, const json_t *ours);

#endif
