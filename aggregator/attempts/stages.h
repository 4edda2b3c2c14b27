/* Stages: their extent, scenes, figures and outcome. */
#ifndef ATTEMPTS_STAGES_H
#define ATTEMPTS_STAGES_H

#include "timeline/video_context.h"

/* Fills the story's stages from intervals and attempts, by start. */
void stages_conclude(struct video_context *t);

#endif
