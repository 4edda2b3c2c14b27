/* Putting packed files in the place of spool files, and taking old ones away: whatever happens on the way,
 * what was recorded is there once. */
#ifndef READ_PACKED_PACK_FILE_H
#define READ_PACKED_PACK_FILE_H

#include "base/err.h"
#include "model/chunk.h"

/* Gives the file another name of a recording, so that no process takes room in it any more; file->path is
 * then that one. Readers see no difference. */
int pack_set_aside(struct arena *arena, struct spool_file *file, struct err *err);

struct pack_sizes {
    uint64_t before, after; /* bytes on disk */
};

/* Writes the packed file, reads it back, and only then removes the file. */
int pack_file(const struct spool_file *file, struct pack_sizes *sizes, struct err *err);

/* The way back: the very bytes that were packed. One that is damaged is an error and stays. */
int pack_undo(const struct spool_file *file, struct pack_sizes *sizes, struct err *err);

/* Removes the file, and its folder when nothing else is in it. */
int pack_remove(const struct spool_file *file, struct err *err);

/* Removes the copies of transcripts' usage whose recordings are gone. */
void pack_remove_orphans(const char *spool);

#endif
