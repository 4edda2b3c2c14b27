/* A stage's outcome: from its tries, its scenes, and how whoever led it ended. */
#ifndef ATTEMPTS_STAGE_OUTCOME_H
#define ATTEMPTS_STAGE_OUTCOME_H

#include "timeline/video_context.h"

/* What the last tries of everything in it came to. */
struct tally {
    bool any, failed, timeout, interrupted, running, success;
    uint32_t mishap;
};

/* Sets outcome and mishap; the stage has its windows, tries and scenes. */
void stage_judge(struct teller *t, struct stage *stage, const struct tally *tally);

#endif
