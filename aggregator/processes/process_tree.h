/* Builds the tree that the rest of this room walks: processes, what they did, in wall time. */
#ifndef PROCESSES_PROCESS_TREE_H
#define PROCESSES_PROCESS_TREE_H

#include "model/tree.h"

/* Says of a process without an end whether it still runs: the time now, or NO_TIME. */
typedef int64_t process_tree_alive(const struct host *host, uint32_t pid, int64_t last_ns);

/* Fills nodes, occurrences and file accesses of a tree whose arena, facts and clock are set; videos come
 * later (video.h). Strings stay the facts'. */
void process_tree_build(struct tree *tree, process_tree_alive *alive);

/* Gives occurrences and file accesses their video, when videos are settled. */
void process_tree_give_videos(struct tree *tree);

#endif
