/* What became of tries in the light of what came after them. */
#ifndef ATTEMPTS_REVISE_H
#define ATTEMPTS_REVISE_H

#include "timeline/video_context.h"

/* A try that went on inside the pipeline's process is judged by what came after it. */
void verdict_inside(struct teller *t, struct try *one);

/* What the pipeline said went wrong while a try was going on that nothing else explains. */
void verdict_explain(struct teller *t, struct try *one);

/* A fix that the stage could not use is a validation that failed. */
void verdict_disprove(struct teller *t);

#endif
