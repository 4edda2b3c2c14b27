/* What all kinds of failures are put together with; for mishap_*.c alone. */
#ifndef FAILURES_FAILURE_PARTS_H
#define FAILURES_FAILURE_PARTS_H

#include "timeline/video_context.h"

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
