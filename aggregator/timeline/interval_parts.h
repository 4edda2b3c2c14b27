/* What the stage intervals of a run are made of; for intervals_*.c alone. */
#ifndef TIMELINE_INTERVAL_PARTS_H
#define TIMELINE_INTERVAL_PARTS_H

#include "timeline/video_context.h"

/* A new stage interval that ends where it begins. Earlier pointers to stage intervals are void. */
struct stage_interval *stage_intervals_add(struct video_context *t, struct str stage, uint32_t root,
                                           uint32_t owner, int64_t start_ns);

/* The stage interval of a call that was the stage, and lies within that time; NULL: there is none. */
struct stage_interval *stage_intervals_exact(const struct video_context *t, uint32_t root, struct str stage,
                                             int64_t from_ns, int64_t to_ns);

/* What the call was given and gave back; of calls within calls the outer one's word counts. */
void stage_intervals_note_call(struct stage_interval *interval, const struct signal *signal);

/* Calls that were a stage of this video; then its shares of the stages of the whole run. */
void stage_intervals_add_calls(struct video_context *t, uint32_t root);
void stage_intervals_add_shares(struct video_context *t, uint32_t root);

/* What a signal tells of its stage, as it happens; and one that comes afterwards. */
void stage_intervals_add_signal(struct video_context *t, const struct signal *signal, uint32_t root);
void stage_intervals_add_late_signal(struct video_context *t, const struct signal *signal, uint32_t root);

#endif
