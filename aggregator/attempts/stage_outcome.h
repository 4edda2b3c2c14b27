/* A stage's outcome: from its attempts, its scenes, and how whoever led it ended. */
#ifndef ATTEMPTS_STAGE_OUTCOME_H
#define ATTEMPTS_STAGE_OUTCOME_H

#include "timeline/video_context.h"

/* What the last attempts of everything in it came to. */
struct tally {
    bool any, failed, timeout, interrupted, running, success;
    uint32_t failure;
};

/* Sets outcome and failure; the stage has its intervals, attempts and scenes. */
void stage_outcome_decide(struct video_context *t, struct stage *stage, const struct tally *tally);

#endif
