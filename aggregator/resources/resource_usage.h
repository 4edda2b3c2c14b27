/* What work cost: time, memory, processor, bytes; taken from the processes that did it. */
#ifndef RESOURCES_RESOURCE_USAGE_H
#define RESOURCES_RESOURCE_USAGE_H

#include "timeline/video_context.h"

/* Nothing known. */
struct figures figures_none(void);

/* Adds processes with everything below them (struct uint32_t: node indices). */
void figures_add_processes(const struct teller *t, const struct vec *tops, struct figures *figures);

/* Adds what a process used within [from, to): for work inside the pipeline's own process. */
void figures_add_share(const struct teller *t, uint32_t node, int64_t from_ns, int64_t to_ns,
                       struct figures *figures);

/* Puts figures of one part of the video into those of the whole; durations are the caller's. */
void figures_join(struct figures *into, const struct figures *from);

/* One row per kind of process, of all stages (stage NULL) or one. */
void figures_add_rows(struct teller *t, const struct str *stage, struct figures *figures);

/* How the operations of a stage shared the time. */
void figures_add_parallel(const struct teller *t, struct str stage, struct figures *figures);

/* Fills peak and processor time of a try. */
void figures_of_try(const struct teller *t, struct try *one);

#endif
