/* Partial folds as files: what the fold of one host or one shard knows before it concludes anything.
 *
 * The format in words: docs/PARTIAL-FORMAT.md. Errors name the file and what to do. */
#ifndef READ_PARTIAL_H
#define READ_PARTIAL_H

#include "base/err.h"
#include "model/facts/facts.h"

struct partial {
    struct facts *facts;
    struct vec copies; /* of struct usage_copy (model/transcript.h) */
};

/* Writes it in one rename, mode 0600. The facts must be settled. */
int partial_write(const char *path, const struct partial *partial, struct err *err);

/* Reads what partial_write wrote; the facts are good for facts_merge alone. What is cut off, damaged or of
 * another version is an error. Call partial_free after success and failure. */
int partial_read(const char *path, struct partial *partial, struct err *err);
void partial_free(struct partial *partial);

#endif
