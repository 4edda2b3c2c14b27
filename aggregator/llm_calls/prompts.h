/* What each run of the claude program was asked on its standard input: length and hash, from who wrote it;
 * and how much of its output was read, from who read it. */
#ifndef LLM_CALLS_PROMPTS_H
#define LLM_CALLS_PROMPTS_H

#include "model/tree.h"

struct prompt {
    uint64_t bytes, key, hash; /* see vl/prompt.h; hash 0: not known */
    uint64_t written;          /* white space included */
    uint64_t answered;         /* read of its standard output; 0: not seen */
    uint32_t writer;           /* node; NONE: nothing was seen */
    bool mixed;                /* several wrote: neither length nor hash are the prompt's */
};

/* One struct prompt a run, in the order of `claude_runs` (uint32_t: node). */
struct prompt *prompts_find(const struct tree *tree, const struct vec *claude_runs);

/* Gives each run the size of what it was asked and what it answered. */
void prompts_note(struct tree *tree, const struct vec *claude_runs);

#endif
