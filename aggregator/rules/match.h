/* Looks at every process, path and line of a recording through the rules. */
#ifndef RULES_MATCH_H
#define RULES_MATCH_H

#include "model/tree.h"
#include "rules/rules.h"

/* Fills program and args of every command of the tree: what rules on processes look at. */
void match_programs(const struct rules *rules, struct tree *tree);

/* Everything that a rule saw (struct signal), in time order; strings live in the tree's arena. Spans, and
 * what fell into them, get the video that they name. */
struct vec match_all(const struct rules *rules, struct tree *tree);

#endif
