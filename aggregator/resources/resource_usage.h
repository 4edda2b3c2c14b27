/* What work cost: time, memory, processor, bytes; taken from the processes that did it. */
#ifndef RESOURCES_RESOURCE_USAGE_H
#define RESOURCES_RESOURCE_USAGE_H

#include "timeline/video_context.h"

/* Nothing known. */
struct resource_usage resource_usage_none(void);

/* Adds processes with everything below them (struct uint32_t: node indices). */
void resource_usage_add_processes(const struct video_context *t, const struct vec *tops,
                                  struct resource_usage *usage);

/* Adds what a process used within [from, to): for work inside the pipeline's own process. */
void resource_usage_add_share(const struct video_context *t, uint32_t node, int64_t from_ns, int64_t to_ns,
                              struct resource_usage *usage);

/* Puts figures of one part of the video into those of the whole; durations are the caller's. */
void resource_usage_join(struct resource_usage *into, const struct resource_usage *from);

/* One row per kind of process, of all stages (stage NULL) or one. */
void work_rows_add(struct video_context *t, const struct str *stage, struct resource_usage *usage);

/* How the operations of a stage shared the time. */
void work_rows_add_parallel(const struct video_context *t, struct str stage, struct resource_usage *usage);

/* Fills peak and processor time of an attempt. */
void resource_usage_of_attempt(const struct video_context *t, struct attempt *attempt);

#endif
