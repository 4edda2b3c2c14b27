/* The single steps of a list of attempts, before they are put together to attempts. */
#ifndef ATTEMPTS_STEP_H
#define ATTEMPTS_STEP_H

#include "timeline/video_context.h"

enum step_kind { STEP_INSIDE, STEP_FIX, STEP_OPERATION };

struct step {
    enum step_kind kind;
    const struct signal *signal;
    int64_t start_ns, end_ns, last_ns; /* end NO_TIME: not in the recording */
    uint32_t root;
    struct str stage, scene, method;
    int64_t number;                /* of a fix, as the pipeline counts; -1 */
    const struct signal *reported; /* the call that it was part of, with what that returned; NULL */
};

/* All steps of the video (struct step), by start. */
struct vec step_find(struct video_context *t);

#endif
