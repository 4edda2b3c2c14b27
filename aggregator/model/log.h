/* All that one logs.json is written from. */
#ifndef MODEL_LOG_H
#define MODEL_LOG_H

#include "model/story.h"

#include <limits.h>

/* Local time = UTC + seconds, from that moment on. */
struct zone_step {
    int64_t from_ns;
    int32_t seconds;
};

struct log {
    struct story *story;
    const struct vec *groups; /* of struct group */
    const struct tree *tree;
    struct vec zone; /* of struct zone_step, by time; empty: UTC */
    bool utc;        /* write UTC with Z */
    struct str rules_version;
    struct str prices_version;                   /* "": none */
    bool users_prices;                           /* a table of the user's counted, too */
    struct vec warnings;                         /* of struct str: what a reader of the figures has to know */
    const struct cost_sum *ambiguous, *no_video; /* calls of the recording that are in no video's log */
    const struct vec *damages;                   /* of struct damage */
    const uint64_t *dropped;                     /* by enum vl_reason */
};

/* What was found in the place of a log that is none; paths, "": nothing. */
struct logs_odd {
    char aside[PATH_MAX];  /* where it was moved to */
    char unread[PATH_MAX]; /* what was left alone */
};

/* A recording as concluded: every video's log, and the processes, files and samples that they rest on. What
 * shows a recording as a whole (exports, reports) starts from this; read only once it is made. */
struct conclusion {
    struct arena *arena;
    struct tree tree;
    struct vec logs;                     /* of struct log, by video: the one of video i is at i */
    struct cost_sum ambiguous, no_video; /* calls that are in none of them */
};

#endif
