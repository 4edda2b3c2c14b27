/* How a step came out: from the process or the call that it was, and from what it should have made. */
#ifndef ATTEMPTS_OUTCOME_H
#define ATTEMPTS_OUTCOME_H

#include "attempts/step.h"
#include "timeline/video_context.h"

/* How a process ended. */
enum outcome outcome_of_process(const struct video_context *t, uint32_t node);

/* Sets the outcome of an attempt by one of its steps, its failure and output as far as there are any, and its
 * process if the step is one. */
void outcome_decide(struct video_context *t, const struct vec *steps, const struct step *step,
                    struct attempt *attempt);

#endif
