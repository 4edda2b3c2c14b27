/* Calls of the Claude API: what passed by and what transcripts say, each call once. */
#ifndef LLM_CALLS_FIND_CALLS_H
#define LLM_CALLS_FIND_CALLS_H

#include "model/call.h"
#include "model/signal.h"
#include "model/transcript.h"
#include "model/tree.h"

/* All calls of the recording (struct call) by (start, key), with process, video and the calls that they
 * repeat. Calls of a transcript that could be of several processes have none (node NONE). */
struct vec find_calls(const struct tree *tree, const struct vec *claude_runs, const struct vec *signals,
                      const struct transcripts *transcripts);

/* The processes that are runs of the claude program (uint32_t: node), in order. */
struct vec find_claude_runs(const struct tree *tree, const struct vec *signals);

/* Nothing known of it. */
struct call call_none(void);

#endif
