/* A stage's outcome: from its tries, its scenes, and how whoever led it ended. */
#ifndef CORRELATE_STAGE_JUDGE_H
#define CORRELATE_STAGE_JUDGE_H

#include "correlate/teller.h"

/* What the last tries of everything in it came to. */
struct tally {
    bool any, failed, timeout, interrupted, running, success;
    uint32_t mishap;
};

/* Sets outcome and mishap; the stage has its windows, tries and scenes. */
void stage_judge(struct teller *t, struct stage *stage, const struct tally *tally);

#endif
