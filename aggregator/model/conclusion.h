/* A recording as concluded: every video's log, and the processes, files and samples that they rest on.
 *
 * What shows a recording as a whole (exports, reports) starts from this. Read only once it is made. */
#ifndef MODEL_CONCLUSION_H
#define MODEL_CONCLUSION_H

#include "model/log.h"

struct conclusion {
    struct arena *arena;
    struct tree tree;
    struct vec logs;                     /* of struct log, by video: the one of video i is at i */
    struct cost_sum ambiguous, no_video; /* calls that are in none of them */
};

#endif
