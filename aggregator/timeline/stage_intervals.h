/* When a video was in which stage: from lines that say so, from operations, from the files that a stage
 * writes. */
#ifndef TIMELINE_STAGE_INTERVALS_H
#define TIMELINE_STAGE_INTERVALS_H

#include "timeline/video_context.h"

/* Fills t->windows. */
void window_find(struct teller *t);

/* The window of the video that a moment of a run falls into: that of a call that was going on, else the last
 * one that began before; NULL: none. */
struct window *window_at(const struct teller *t, uint32_t root, int64_t at_ns);

/* The run's last window of that stage, or NULL. */
struct window *window_of(const struct teller *t, uint32_t root, struct str stage);

/* The stage that the run of a process was in at that moment; "": none. */
struct str window_stage_at(const struct teller *t, uint32_t node, int64_t at_ns);

/* The stage that a signal names, else the one in which it came. */
struct str window_stage_of(const struct teller *t, const struct signal *signal);

/* Makes the window reach at least to end_ns. */
void window_reach(struct window *window, int64_t end_ns);

#endif
