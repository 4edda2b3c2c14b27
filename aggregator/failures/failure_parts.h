/* What all kinds of failures are put together with; for mishap_*.c alone. */
#ifndef FAILURES_FAILURE_PARTS_H
#define FAILURES_FAILURE_PARTS_H

#include "timeline/video_context.h"

#define OTHERS_MAX 200 /* lines looked through for a known error */

/* A new failure at the end of the story, of which nothing more is known; valid until the next one. */
struct mishap *mishap_add(struct teller *t, int64_t at_ns, struct str stage, struct str scene);

/* The index of the latest one. */
uint32_t mishap_last(const struct teller *t);

/* Whether its words hold that text, or that text one of them. */
bool mishap_says(const struct mishap *mishap, struct str text);

/* Lines (struct line) as if somebody had printed that text. */
struct vec mishap_lines_of_text(struct arena *arena, struct str text);

/* Its words are those of the exception from now on. */
void mishap_take_raise(struct teller *t, const struct raise *raise, struct mishap *mishap);

/* What the program caught, and then returned or printed as text, has a traceback. */
void mishap_borrow_trace(struct teller *t, const struct signal *signal, struct mishap *mishap);

/* Adds the crash of a process that no try speaks for, if there is one. */
void mishap_of_crash(struct teller *t, uint32_t node);

#endif
