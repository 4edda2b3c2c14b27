/* When a video was in which stage: from lines that say so, from operations, from the files that a stage
 * writes. */
#ifndef TIMELINE_STAGE_INTERVALS_H
#define TIMELINE_STAGE_INTERVALS_H

#include "timeline/video_context.h"

/* Fills t->intervals. */
void stage_intervals_find(struct video_context *t);

/* The stage interval of the video that a moment of a run falls into: that of a call that was going on, else
 * the last one that began before; NULL: none. */
struct stage_interval *stage_intervals_at(const struct video_context *t, uint32_t root, int64_t at_ns);

/* The run's last stage interval of that stage, or NULL. */
struct stage_interval *stage_intervals_of(const struct video_context *t, uint32_t root, struct str stage);

/* The stage that the run of a process was in at that moment; "": none. */
struct str stage_intervals_stage_at(const struct video_context *t, uint32_t node, int64_t at_ns);

/* The stage that a signal names, else the one in which it came. */
struct str stage_intervals_stage_of(const struct video_context *t, const struct signal *signal);

/* Makes the stage interval reach at least to end_ns. */
void stage_intervals_reach(struct stage_interval *interval, int64_t end_ns);

/* A new stage interval that ends where it begins. Earlier pointers to stage intervals are void. */
struct stage_interval *stage_intervals_add(struct video_context *t, struct str stage, uint32_t root,
                                           uint32_t owner, int64_t start_ns);

/* The stage interval of a call that was the stage, and lies within that time; NULL: there is none. */
struct stage_interval *stage_intervals_exact(const struct video_context *t, uint32_t root, struct str stage,
                                             int64_t from_ns, int64_t to_ns);

/* What the call was given and gave back; of calls within calls the outer one's word counts. */
void stage_intervals_note_call(struct stage_interval *interval, const struct signal *signal);

#endif
