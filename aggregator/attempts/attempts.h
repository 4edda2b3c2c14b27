/* The tries of each stage at each scene: first try, calls for help, tries again. */
#ifndef ATTEMPTS_ATTEMPTS_H
#define ATTEMPTS_ATTEMPTS_H

#include "timeline/video_context.h"

/* Fills the story's tries, calls and checks, and the mishaps of what failed. Windows must be there; they are
 * made to reach over the calls for help. */
void ladder_climb(struct teller *t);

#endif
