/* Says of each failure what kind of error it was, which line shows it, and what may fix it. */
#ifndef FAILURES_DIAGNOSE_H
#define FAILURES_DIAGNOSE_H

#include "model/story.h"
#include "rules/rules.h"

/* Fills message, category, fix and the two flags of every failure of the story. */
void diagnose_all(struct arena *arena, const struct rules *rules, struct story *story);

#endif
