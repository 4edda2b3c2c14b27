/* Which program a command line runs. */
#ifndef RULES_INVOCATION_H
#define RULES_INVOCATION_H

#include "model/tree.h"
#include "rules/rules.h"

/* Fills program and args of `command` from its argv (exe where argv is empty). An interpreter of the rules in
 * front of a script (or of -m MODULE) is taken off: `python3 /x/manim render F` runs manim. Views of argv, or
 * copies in the arena. */
void invocation_find(struct arena *arena, const struct rules *rules, struct str exe,
                     struct invocation *command);

/* The value of an option in argv: `--name value`, `--name=value`, `-n value`, `-nvalue`; empty if it is not
 * there. */
struct str invocation_option(struct str argv, const struct rule_option *option);

#endif
