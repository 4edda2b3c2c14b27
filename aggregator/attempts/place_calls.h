/* The calls of one video's story, each in its place. */
#ifndef ATTEMPTS_PLACE_CALLS_H
#define ATTEMPTS_PLACE_CALLS_H

#include "timeline/video_context.h"

/* Gives the story its calls, each with stage and try, in the place of the runs of the claude program that
 * they are of; and the mishaps of those that failed. Windows and tries must be there. */
void calls_place(struct teller *t);

/* Gives each try the keys of its calls, and the story its jams. */
void calls_place_settle(struct teller *t);

#endif
