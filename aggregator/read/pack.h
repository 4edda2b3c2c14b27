/* Putting packed files in the place of spool files, and taking old ones away: whatever happens on the way,
 * what was recorded is there once. */
#ifndef READ_PACK_H
#define READ_PACK_H

#include "base/err.h"
#include "model/chunk.h"

/* Gives the file another name of a recording, so that no process takes room in it any more; file->path is
 * then that one. Readers see no difference. */
int pack_set_aside(struct arena *arena, struct spool_file *file, struct err *err);

/* Writes <path>.gz, reads it back, and only then removes the file. *before, *after: bytes on disk. */
int pack_file(const struct spool_file *file, uint64_t *before, uint64_t *after, struct err *err);

/* Removes the file, and its folder when nothing else is in it. */
int pack_remove(const struct spool_file *file, struct err *err);

/* Removes the copies of transcripts' usage whose recordings are gone. */
void pack_remove_orphans(const char *spool);

#endif
