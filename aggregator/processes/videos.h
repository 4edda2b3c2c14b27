/* Which recorded folders are one video, what it is called, and which video a process works on. */
#ifndef PROCESSES_VIDEOS_H
#define PROCESSES_VIDEOS_H

#include "model/tree.h"

/* Fills tree->films and tree->film_of. places: for each struct video its folder's base and wildcards (struct
 * str; empty when its pattern is not known), so that folders under different patterns find together. */
void video_settle(struct tree *tree, const struct vec *places);

/* Fills node->film of every process: its own video, else the one it was started for, else its parent's. */
void video_of_nodes(struct tree *tree);

/* The video of what was filed under `video` by `node`. */
uint32_t video_of_event(const struct tree *tree, uint32_t node, uint32_t video);

#endif
