/* A recording that goes on, for people: a screen that is drawn over itself, or lines. */
#ifndef EMIT_SCREEN_LIVE_H
#define EMIT_SCREEN_LIVE_H

#include "model/log.h"

#include <stdio.h>

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

/* From the top left corner on; what was on the screen before is overwritten. */
void live_draw(FILE *out, const struct conclusion *run, struct str spool, int columns, int lines,
               bool colours);

/* What was last said of each video. */
struct live_lines {
    struct arena *arena;
    struct vec shown; /* of struct live_line */
};

/* A line for each video of which something new is to be said. */
void live_print_changes(FILE *out, const struct conclusion *run, struct live_lines *lines);

#endif
