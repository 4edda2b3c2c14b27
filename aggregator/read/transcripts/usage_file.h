/* The copy that a spool keeps of what transcripts told; SPOOL-FORMAT has its name. */
#ifndef READ_TRANSCRIPTS_USAGE_FILE_H
#define READ_TRANSCRIPTS_USAGE_FILE_H

#include "read/transcripts/transcript_store.h"

#define USAGE_SUFFIX ".usage.jsonl"

/* Adds a copy to the store. Returns whether there is one; *until_ns: how far the recording went then. What
 * cannot be read of it is left out. */
bool usage_file_read(struct transcript_store *store, const char *path, int64_t *until_ns);

/* Writes it in one rename, mode 0600. A spool that takes no file stays without: false. */
bool usage_file_write(const struct transcripts *all, const char *path, int64_t until_ns);

/* The same to and from memory. */
bool usage_file_parse(struct transcript_store *store, struct str text, int64_t *until_ns);
struct str usage_file_text(struct arena *arena, const struct transcripts *all, int64_t until_ns);

#endif
