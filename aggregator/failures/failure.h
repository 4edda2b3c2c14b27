/* What is known of a failure: its evidence, tracebacks and lines; diagnose.h makes sense of them. */
#ifndef FAILURES_FAILURE_H
#define FAILURES_FAILURE_H

#include "timeline/video_context.h"

/* Adds the failure of a process (and its helpers) to the story; returns its index. */
uint32_t mishap_of_process(struct teller *t, const struct signal *signal, struct str stage, struct str scene);

/* The failure of a call, as its exception or what it returned tells; that of something in it, if it only
 * passed that on. */
uint32_t mishap_of_call(struct teller *t, const struct signal *signal, struct str stage, struct str scene);

/* Adds a failure that one sentence tells. */
uint32_t mishap_of_text(struct teller *t, int64_t at_ns, struct str stage, struct str scene, struct str text);

/* Adds what the pipeline's own processes told: tracebacks, and lines that a rule knows as errors. What only
 * repeats a failure that is there is left out, or marked as its echo. */
void mishap_find_told(struct teller *t);

#endif
