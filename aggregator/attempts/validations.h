/* Checks whose outcome is known, and what was mended before them. */
#ifndef ATTEMPTS_VALIDATIONS_H
#define ATTEMPTS_VALIDATIONS_H

#include "timeline/video_context.h"

struct check *validations_add(struct video_context *t, int64_t at_ns, struct str type, struct str scene,
                              int success);

/* Adds the validations that signals tell of, each once, with the fixes that came before them. */
void validations_find(struct video_context *t);

/* Puts the checks in order and collects which fix was tried against which error, and whether it helped. */
void validations_settle(struct video_context *t);

#endif
