/* Tells what happened to each video. */
#ifndef ATTEMPTS_STORIES_H
#define ATTEMPTS_STORIES_H

#include "model/signal.h"
#include "model/story.h"
#include "rules/rules.h"

/* The story of every video (struct story), in their order, its failures diagnosed and grouped. calls: of
 * find_calls. Signals are marked where their line came late. Everything lives in the tree's arena. */
struct vec stories_conclude(const struct tree *tree, const struct rules *rules, struct vec *signals,
                            const struct vec *calls);

#endif
