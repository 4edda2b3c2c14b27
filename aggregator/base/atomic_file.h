/* A file that appears under its name as a whole or not at all: written beside it, then renamed. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct atomic_file {
    char target[PATH_MAX]; /* links followed: a link stays a link */
    char fresh[PATH_MAX];  /* what is written to; "": none */
    FILE *stream;          /* on fresh */
};

/* Makes an empty file beside `path`. A file that is replaced passes its mode on. */
int atomic_file_open(struct atomic_file *file, const char *path, struct err *err);

/* Flushes and closes it, then renames. After a failure nothing of it is left, and what was there still is. */
int atomic_file_commit(struct atomic_file *file, struct err *err);

/* The same in two steps, so that several files appear one right after the other. */
int atomic_file_finish(struct atomic_file *file, struct err *err);
int atomic_file_reveal(struct atomic_file *file, struct err *err);

/* Takes it away; fine after place_commit, after a failure, and on one of all zeros. */
void atomic_file_abandon(struct atomic_file *file);

/* Writes to `path`, "-" for standard output: as a whole or not at all, but that a pipe may be closed early.
 * `write` returns 0, or -1 when the stream does not take it. */
int atomic_file_write(const char *path, int (*write)(FILE *out, const void *what), const void *what,
                      struct err *err);

/* Makes the folders that `path` lies in. */
int atomic_file_make_folders(const char *path, struct err *err);

#endif
