/* read -> reduce -> a file, and back: partial folds of hosts and shards, concluded together later. */
#ifndef USECASES_PARTIAL_FOLD_H
#define USECASES_PARTIAL_FOLD_H

#include "usecases/conclude.h"

/* Writes what the facts say and what transcripts tell of them, which is copied into the spools as by any
 * fold. options: as for conclude_all. */
int partial_fold_write(const struct facts *facts, const struct conclude_options *options, const char *path,
                       struct err *err);

struct merged {
    struct facts *facts; /* settled */
    struct vec copies;   /* for conclude_options */
};

/* Reads the files and puts them together, in any order the same. Two that hold the same part of a recording
 * are an error. Call merged_free after success and failure. */
int partial_fold_merge(char *const *paths, int count, struct merged *merged, struct err *err);
void partial_fold_free(struct merged *merged);

#endif
