/* A file that appears under its name as a whole or not at all: written beside it, then renamed. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct place {
    char target[PATH_MAX]; /* links followed: a link stays a link */
    char fresh[PATH_MAX];  /* what is written to; "": none */
    FILE *stream;          /* on fresh */
};

/* Makes an empty file beside `path`. A file that is replaced passes its mode on. */
int place_open(struct place *place, const char *path, struct err *err);

/* Flushes and closes it, then renames. After a failure nothing of it is left, and what was there still is. */
int place_commit(struct place *place, struct err *err);

/* The same in two steps, so that several files appear one right after the other. */
int place_finish(struct place *place, struct err *err);
int place_reveal(struct place *place, struct err *err);

/* Takes it away; fine after place_commit, after a failure, and on one of all zeros. */
void place_abandon(struct place *place);

/* Writes to `path`, "-" for standard output: as a whole or not at all, but that a pipe may be closed early.
 * `write` returns 0, or -1 when the stream does not take it. */
int place_write(const char *path, int (*write)(FILE *out, const void *what), const void *what,
                struct err *err);

/* Makes the folders that `path` lies in. */
int place_make_folders(const char *path, struct err *err);

#endif
