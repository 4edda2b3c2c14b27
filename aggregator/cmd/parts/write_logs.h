/* Writing the logs of a recording, and telling of each: what fold and merge have in common. */
#ifndef CMD_PARTS_WRITE_LOGS_H
#define CMD_PARTS_WRITE_LOGS_H

#include "usecases/conclude.h"

struct write_logs_request {
    const char *out;    /* folder for all logs; NULL: each in its video's own */
    const char *video;  /* this one alone; NULL: all */
    const char *spool;  /* for those of videos whose folder is not known; NULL: that is an error */
    const char *source; /* what the facts are of, for messages */
    struct conclude_options conclude;
};

/* Prints a line a log. 0 or negative with *err. */
int write_logs(const struct write_logs_request *request, const struct facts *facts, struct err *err);

#endif
