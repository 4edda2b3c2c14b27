/* Crashes with their stacks: which process, did it end of it, and how to tell it. */
#ifndef PROCESSES_CRASHES_H
#define PROCESSES_CRASHES_H

#include "model/tree.h"

/* Fills tree->crashes from its occurrences. */
void crashes_find(struct tree *tree);

/* The crash that ended a process; NULL: it did not end so. */
const struct crash *crashes_of_node(const struct tree *tree, uint32_t node);

/* The same for a process or else the last one of those below it. */
const struct crash *crashes_below(const struct tree *tree, uint32_t top);

/* What happened and both stacks, as a stack trace. */
struct str crashes_text(struct arena *arena, const struct crash *crash);

/* "SIGSEGV", or "" where the signal is no fault. */
struct str crashes_signal_name(int signal);

#endif
