/* Calls of the Claude API: what passed by and what transcripts say, each call once. */
#ifndef CORRELATE_CALLS_H
#define CORRELATE_CALLS_H

#include "correlate/teller.h"
#include "model/transcript.h"

/* All calls of the recording (struct call) by (start, key), with process, film and the calls that they
 * repeat. Calls of a transcript that could be of several processes have none (node NONE). */
struct vec calls_find(const struct tree *tree, const struct vec *claudes, const struct vec *signals,
                      const struct transcripts *transcripts);

/* The processes that are runs of the claude program (uint32_t: node), in order. */
struct vec calls_claudes(const struct tree *tree, const struct vec *signals);

/* Nothing known of it. */
struct call call_none(void);

/* Gives the story its calls, each with stage and try, in the place of the runs of the claude program that
 * they are of; and the mishaps of those that failed. Windows and tries must be there. */
void calls_tell(struct teller *t);

/* Gives each try the keys of its calls, and the story its jams. */
void calls_settle(struct teller *t);

#endif
