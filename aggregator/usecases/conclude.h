/* The second half of folding: from facts to one log a video.
 *
 * What `reduce` gave (usecases/read_spools.h) is only read. Functions return 0 or a negative enum err_code
 * with the sentence in *err. */
#ifndef USECASES_CONCLUDE_H
#define USECASES_CONCLUDE_H

#include "base/err.h"
#include "model/log.h"

struct conclude_options {
    const char *rules;       /* file, or NULL: the built-in ones */
    const char *prices;      /* the same */
    const char *claude_home; /* folder of the claude program; NULL: this user's, if the host is this one */
    char *const *spools; /* folders that hold, or get, the copies of transcripts' usage; none: no copies */
    int spool_count;
    const struct vec *copies; /* of struct usage_copy: more of such, from partial folds; NULL: none */
    struct vec
        *keep;     /* of struct usage_copy, in the conclusion's arena: gets all of them; NULL: nobody asks */
    bool utc;      /* times in UTC with Z instead of the recording host's local time */
    bool ask_host; /* processes without an end may still run on this machine */
};

/* `facts` must be settled and outlive the conclusion. Call conclude_free after success and failure. */
int conclude_all(const struct facts *facts, const struct conclude_options *options, struct conclusion *out,
                 struct err *err);
void conclude_free(struct conclusion *conclusion);

/* Writes one log's logs.json, merged with what is there; see log_file_write. */
int conclude_write(const struct log *log, const char *path, struct logs_odd *odd, struct err *err);

#endif
