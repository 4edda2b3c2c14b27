/* One logs.json out of what others wrote and ours: nothing of theirs is lost, ours replaces ours. */
#ifndef EMIT_MERGE_H
#define EMIT_MERGE_H

#include <jansson.h>

/* A new document. Entries without "by":"vlagg" are kept in their order, before ours. Where theirs has a key
 * that ours needs, theirs keeps it and ours is <key>_vlagg; a section of another shape moves to <key>_legacy.
 * `old` may be NULL. */
json_t *merge_documents(const json_t *old, const json_t *ours);

#endif
