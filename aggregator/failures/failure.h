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

/* ---- for the files of this room ---- */

#define OTHERS_MAX 200 /* lines looked through for a known error */

/* A new failure at the end of the story, of which nothing more is known; valid until the next one. */
struct failure *failure_add(struct video_context *t, int64_t at_ns, struct str stage, struct str scene);

/* The index of the latest one. */
uint32_t failure_last(const struct video_context *t);

/* Whether its words hold that text, or that text one of them. */
bool failure_says(const struct failure *failure, struct str text);

/* Lines (struct line) as if somebody had printed that text. */
struct vec failure_lines_of_text(struct arena *arena, struct str text);

/* Its words are those of the exception from now on. */
void failure_set_exception(struct video_context *t, const struct raise *raise, struct failure *failure);

/* What the program caught, and then returned or printed as text, has a traceback. */
void failure_borrow_traceback(struct video_context *t, const struct signal *signal, struct failure *failure);

/* Adds the crash of a process that no attempt speaks for, if there is one. */
void failure_of_crash(struct video_context *t, uint32_t node);

#endif
