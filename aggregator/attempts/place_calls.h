/* The calls of one video's story, each in its place. */
#ifndef ATTEMPTS_PLACE_CALLS_H
#define ATTEMPTS_PLACE_CALLS_H

#include "timeline/video_context.h"

/* Gives the story its calls, each with stage and attempt, in the place of the runs of the claude program that
 * they are of; and the failures of those that failed. Intervals and attempts must be there. */
void place_calls(struct video_context *t);

/* Gives each attempt the keys of its calls, and the story its rate limit periods. */
void place_calls_settle(struct video_context *t);

#endif
