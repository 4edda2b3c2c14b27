/* A recording that goes on, for people: a screen that is drawn over itself, or lines. */
#ifndef EMIT_SCREEN_LIVE_H
#define EMIT_SCREEN_LIVE_H

#include "model/conclusion.h"

#include <stdio.h>

/* From the top left corner on; what was on the screen before is overwritten. */
void live_draw(FILE *out, const struct conclusion *run, struct str spool, int columns, int lines,
               bool colours);

/* What was last said of each video. */
struct live_lines {
    struct arena *arena;
    struct vec shown; /* of struct live_said */
};

/* A line for each video of which something new is to be said. */
void live_tell(FILE *out, const struct conclusion *run, struct live_lines *lines);

#endif
