/* The way of the data through the stages; the only room that knows more than one of them.
 *
 * Functions return 0 or a negative enum err_code with the sentence in *err. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "base/err.h"
#include "model/chunk.h"
#include "model/facts.h"

struct spools {
    struct arena *arena;
    struct vec files;   /* of struct spool_file, sorted */
    struct vec damages; /* of struct damage: what was found while listing */
};

/* Lists the recordings of one or several spool folders. Call spools_close after success and failure. */
int spools_open(struct spools *spools, char *const *folders, int count, struct err *err);
void spools_close(struct spools *spools);

/* Reads everything into *facts, settled; the caller calls facts_free. `video`, when not NULL, leaves out
 * files of other folders than that one and _run. jobs: threads, at least 1; the result is the same. */
int pipeline_reduce(const struct spools *spools, const char *video, unsigned jobs, struct facts **facts,
                    struct err *err);

#endif
