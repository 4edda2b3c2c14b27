/* How a video fared, from how its stages came out: derived here alone, for logs, screens and other tools. */
#ifndef MODEL_VIDEO_STATUS_H
#define MODEL_VIDEO_STATUS_H

#include "model/story.h"

struct video_status {
    unsigned stages; /* that were seen */
    unsigned seen;   /* bit by enum outcome */
};

void video_status_add(struct video_status *status, enum outcome outcome);

/* The worst of its stages, in the order of what a reader most needs to know; "completed", or "no stage seen".
 */
const char *video_status_word(const struct video_status *status);

/* Whether a stage of it failed, timed out or was interrupted. */
bool video_status_failed(const struct video_status *status);

/* The same of one stage. */
bool outcome_failed(enum outcome outcome);

/* The outcome that a stage's "status" in a log names; false: none of ours. */
bool outcome_of_stage_word(const char *word, enum outcome *outcome);

#endif
