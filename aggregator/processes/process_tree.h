/* Builds the tree that the rest of this room walks: processes, what they did, in wall time. */
#ifndef PROCESSES_PROCESS_TREE_H
#define PROCESSES_PROCESS_TREE_H

#include "model/tree.h"

/* Says of a process without an end whether it still runs: the time now, or NO_TIME. */
typedef int64_t process_tree_alive(const struct host *host, uint32_t pid, int64_t last_ns);

/* Fills a tree whose arena, facts and clock are set with all that this room finds out: videos, processes,
 * what happened and what was done to files, functions, lines, crashes. bases: see videos_settle. Strings stay
 * the facts'. */
void process_tree_conclude(struct tree *tree, const struct vec *bases, process_tree_alive *alive);

#endif
