/* What became of attempts in the light of what came after them. */
#ifndef ATTEMPTS_REVISE_H
#define ATTEMPTS_REVISE_H

#include "timeline/video_context.h"

/* An attempt that went on inside the pipeline's process is judged by what came after it. */
void revise_inside(struct video_context *t, struct attempt *attempt);

/* What the pipeline said went wrong while an attempt was going on that nothing else explains. */
void revise_explain(struct video_context *t, struct attempt *attempt);

/* A fix that the stage could not use is a validation that failed. */
void revise_disproved(struct video_context *t);

#endif
