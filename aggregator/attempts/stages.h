/* Stages: their extent, scenes, figures and verdict. */
#ifndef ATTEMPTS_STAGES_H
#define ATTEMPTS_STAGES_H

#include "timeline/video_context.h"

/* Fills the story's stages from windows and tries, by start. */
void stage_conclude(struct teller *t);

#endif
