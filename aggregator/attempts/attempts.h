/* The attempts of each stage at each scene: first attempt, calls for help, attempts again. */
#ifndef ATTEMPTS_ATTEMPTS_H
#define ATTEMPTS_ATTEMPTS_H

#include "timeline/video_context.h"

/* Fills the story's attempts, calls and checks, and the failures of what failed. Intervals must be there;
 * they are made to reach over the calls for help. */
void attempts_find(struct video_context *t);

#endif
