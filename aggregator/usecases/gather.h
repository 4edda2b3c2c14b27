/* What commands look at: the logs of spools, concluded on the way, and logs.json files. */
#ifndef USECASES_GATHER_H
#define USECASES_GATHER_H

#include "usecases/conclude.h"

struct json_t; /* jansson's, which is at home in emit/ and read/ */

struct gathered {
    struct json_t *documents; /* an array: the spools' logs by video, then the others as they were named */
    struct facts *facts;      /* of the spools; NULL: there were none */
    /* Of the spools: what they hold beyond their logs; empty where there were none. The document of its log i
     * is the one at i. */
    struct conclusion conclusion;
};

/* paths: spools, which are folded as one recording, logs.json files, and folders with such below them. No log
 * is written. options: for the spools, which need not be named in it. Call gather_free after success and
 * failure. */
int gather(char **paths, int count, const struct conclude_options *options, struct gathered *out,
           struct err *err);
void gather_free(struct gathered *gathered);

#endif
