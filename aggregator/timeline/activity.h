/* The moments at which a run worked on a video: what a stage's extent is taken from where no line says it. */
#ifndef TIMELINE_ACTIVITY_H
#define TIMELINE_ACTIVITY_H

#include "timeline/video_context.h"

/* All activities of the recording (struct activity), by (root, start): the pipeline's operations, and what
 * anyone did to files below a video's folders. Lines do not count: a buffer may have kept them. */
struct vec activity_find(const struct tree *tree, const struct vec *signals);

/* Marks signals whose line may have been held back in a buffer until much later: what a process writes to
 * standard output, once one of its writes told of more than can happen at once. */
void activity_mark_untimely(const struct tree *tree, struct vec *signals);

/* For each node, whether it, or one above it, is an operation, a call for help or a helper. */
bool *activity_workers(const struct tree *tree, const struct vec *signals);

/* First start, and last end, of the video's activities of a run within [from, to); NO_TIME when there are
 * none. */
int64_t activity_first(const struct video_context *t, uint32_t root, int64_t from, int64_t to);
int64_t activity_last(const struct video_context *t, uint32_t root, int64_t from, int64_t to);

/* Whether the run worked on another video within [from, to). */
bool activity_of_others(const struct video_context *t, uint32_t root, int64_t from, int64_t to);

/* Whether a signal came from within a call: its thread, or a process that the thread started. */
bool activity_within(const struct video_context *t, const struct signal *call, const struct signal *inner);

#endif
