/* The tries of each stage at each scene: first try, calls for help, tries again. */
#ifndef CORRELATE_LADDER_H
#define CORRELATE_LADDER_H

#include "correlate/teller.h"

/* Fills the story's tries, calls and checks, and the mishaps of what failed. Windows must be there; they are
 * made to reach over the calls for help. */
void ladder_climb(struct teller *t);

#endif
