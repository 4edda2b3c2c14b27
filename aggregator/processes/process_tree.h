/* Builds the tree that the rest of this room walks: processes, what they did, in wall time. */
#ifndef PROCESSES_PROCESS_TREE_H
#define PROCESSES_PROCESS_TREE_H

#include "model/tree.h"

/* Says of a process without an end whether it still runs: the time now, or NO_TIME. */
typedef int64_t tree_alive(const struct host *host, uint32_t pid, int64_t last_ns);

/* Fills nodes, deeds and touches of a tree whose arena, facts and clock are set; films come later (video.h).
 * Strings stay the facts'. */
void tree_build(struct tree *tree, tree_alive *alive);

/* Gives deeds and touches their video, when films are settled. */
void tree_give_films(struct tree *tree);

#endif
