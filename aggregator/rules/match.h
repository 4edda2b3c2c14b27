/* Looks at every process, path and line of a recording through the rules. */
#ifndef RULES_MATCH_H
#define RULES_MATCH_H

#include "model/tree.h"
#include "rules/rules.h"

/* Everything that a rule saw (struct signal), in time order; strings live in the tree's arena. Commands get
 * their program and words; spans, and what fell into them, the video that they name. */
struct vec match_all(const struct rules *rules, struct tree *tree);

#endif
