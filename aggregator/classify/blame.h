/* Says of each failure what kind of error it was, which line shows it, and what may fix it. */
#ifndef CLASSIFY_BLAME_H
#define CLASSIFY_BLAME_H

#include "classify/rules.h"
#include "model/story.h"

/* Fills message, category, fix and the two flags of every mishap of the story. */
void blame_all(struct arena *arena, const struct rules *rules, struct story *story);

#endif
