/* Parts of finding calls; private to this room. */
#ifndef LLM_CALLS_OBSERVED_CALLS_H
#define LLM_CALLS_OBSERVED_CALLS_H

#include "llm_calls/find_calls.h"
#include "model/story.h"

/* What passed by (struct call), in no order. */
struct vec observed_calls(const struct tree *tree);

/* The same without messages of batches that are there twice; the calls are those of the facts, in their
 * order. */
struct vec batch_calls_once(const struct tree *tree, const struct vec *calls);

/* What the headers of an answer say of limits and of when to come back. */
void headers_read(struct str headers, struct call *call);

/* Whether its error says that the account's own spending cap was reached. */
void headers_read_cap(struct call *call);

/* Adds what transcripts tell to what passed by; what both tell stays one call. */
void transcript_calls_add(const struct tree *tree, const struct vec *claude_runs,
                          const struct transcripts *transcripts, struct vec *calls);

/* Which process (node) each session is of, NONE: it may be of several; by index of struct session.
 * `known`: those that are certain already, else NONE. Sessions that are of nobody's get SESSION_OF_OTHERS. */
#define SESSION_OF_OTHERS (NONE - 1)
uint32_t *sessions_assign(const struct tree *tree, const struct vec *claude_runs,
                          const struct transcripts *transcripts, const uint32_t *known);

/* Gives calls that transcripts tell of the times and bytes of the exchange that they were: the claude
 * program's TLS cannot be read, but its connection is seen. */
void exchanges_add_times(const struct tree *tree, const struct vec *claude_runs, struct vec *calls);

/* Adds what programs' own loggers were told of and nobody saw. */
void reported_calls_add(const struct tree *tree, const struct vec *signals, struct vec *calls);

/* Links calls (sorted) to those that they repeat. */
void linking_link(struct arena *arena, struct vec *calls);

/* Stretches in which calls were refused (struct rate_limit_period). */
struct vec linking_rate_limit_periods(struct arena *arena, const struct vec *calls);

#endif
