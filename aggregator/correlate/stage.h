/* Stages: their extent, scenes, figures and verdict. */
#ifndef CORRELATE_STAGE_H
#define CORRELATE_STAGE_H

#include "correlate/teller.h"

/* Fills the story's stages from windows and tries, by start. */
void stage_conclude(struct teller *t);

#endif
