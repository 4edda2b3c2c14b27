/* Which recorded folders are one video, what it is called, and which video a process works on. */
#ifndef PROCESSES_VIDEOS_H
#define PROCESSES_VIDEOS_H

#include "model/tree.h"

/* Fills tree->videos and tree->film_of. places: for each struct recorded_video its folder's base and
 * wildcards (struct str; empty when its pattern is not known), so that folders under different patterns find
 * together. */
void videos_settle(struct tree *tree, const struct vec *places);

/* Fills node->video of every process: its own video, else the one it was started for, else its parent's. */
void videos_of_nodes(struct tree *tree);

/* The video of what was filed under a recorded one by `node`. */
uint32_t videos_of_event(const struct tree *tree, uint32_t node, uint32_t recorded);

#endif
