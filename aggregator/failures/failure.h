/* What is known of a failure: its evidence, tracebacks and lines; diagnose.h makes sense of them. */
#ifndef FAILURES_FAILURE_H
#define FAILURES_FAILURE_H

#include "timeline/video_context.h"

/* Adds the failure of a process (and its helpers) to the story; returns its index. */
uint32_t failure_of_process(struct video_context *t, const struct signal *signal, struct str stage,
                            struct str scene);

/* The failure of a call, as its exception or what it returned tells; that of something in it, if it only
 * passed that on. */
uint32_t failure_of_call(struct video_context *t, const struct signal *signal, struct str stage,
                         struct str scene);

/* Adds a failure that one sentence tells. */
uint32_t failure_of_text(struct video_context *t, int64_t at_ns, struct str stage, struct str scene,
                         struct str text);

/* Adds what the pipeline's own processes told: tracebacks, and lines that a rule knows as errors. What only
 * repeats a failure that is there is left out, or marked as its echo. */
void reported_failures_find(struct video_context *t);

#endif
