/* How a step came out: from the process or the call that it was, and from what it should have made. */
#ifndef ATTEMPTS_OUTCOME_H
#define ATTEMPTS_OUTCOME_H

#include "attempts/step.h"
#include "timeline/video_context.h"

/* How a process ended. */
enum outcome outcome_of_process(const struct teller *t, uint32_t node);

/* Sets the outcome of a try by one of its steps, its mishap and output as far as there are any, and its
 * process if the step is one. */
void outcome_judge(struct teller *t, const struct vec *steps, const struct step *step, struct try *one);

#endif
