/* What others wrote in a log, taken out of it, and out of a second log of the same video. */
#ifndef EMIT_LOG_OTHER_ENTRIES_H
#define EMIT_LOG_OTHER_ENTRIES_H

#include <jansson.h>

/* A new document: all that is not ours, in its order. A section keeps its place, with the entries of others;
 * one of a shape that ours cannot join is under <section>_legacy, and so is a video_id that is not ours.
 * created_at is null where we wrote it. `old` may be NULL. */
json_t *other_entries_of(const json_t *old, const json_t *ours);

/* Adds what another document has, made by others_of(), and `into` has not. Entries and keys that are there
 * with another content are <key>_legacy; of a list's entries those that are there so often already are the
 * same ones. */
void other_entries_join(json_t *into, const json_t *more);

#endif
