/* Tells what happened to each video. */
#ifndef ATTEMPTS_STORIES_H
#define ATTEMPTS_STORIES_H

#include "model/signal.h"
#include "model/story.h"

/* The story of every video (struct story), in their order. stage_order: names in the pipeline's order (struct
 * str); calls: of calls_find. Signals are marked where their line came late. Everything lives in the tree's
 * arena. */
struct vec stories_conclude(const struct tree *tree, struct vec *signals, const struct vec *stage_order,
                            const struct vec *calls);

#endif
