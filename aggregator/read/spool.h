/* Finds the files of a spool: SPOOL/<video>/<host>-<boot>-<spool>.vls. */
#ifndef READ_SPOOL_H
#define READ_SPOOL_H

#include "base/err.h"
#include "model/chunk.h"
#include "read/damage.h"

/* Adds the files of the spool at `folder` to `files` (of struct spool_file, strings in damages->arena). A
 * file listed before, also under another name, is left out; one that is no recording is damage. Fails when
 * the folder cannot be read or is no spool. */
int spool_list(const char *folder, struct vec *files, struct damages *damages, struct err *err);

/* Sorts by label, then path: the order of the folders on disk does not matter. */
void spool_sort(struct vec *files);

#endif
