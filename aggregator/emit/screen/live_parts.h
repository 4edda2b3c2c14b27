/* What live.c gathers and live_screen.c draws. */
#ifndef EMIT_SCREEN_LIVE_PARTS_H
#define EMIT_SCREEN_LIVE_PARTS_H

#include "model/conclusion.h"

struct live_video {
    struct str name, stage, error; /* stage: in work, or the last; error: the last; "": none */
    const char *status;
    char progress[24]; /* scenes; "": none */
    size_t attempts;
    uint64_t errors;
    double seconds;
    struct cost_sum cost_sum;
};

/* Of struct live_video: those in work, those that need a look, the others; in the conclusion's arena. */
struct vec live_videos(const struct conclusion *run);

#endif
