/* Path patterns of rules.json as expressions: the plain way to name a file. */
#ifndef RULES_READING_GLOB_H
#define RULES_READING_GLOB_H

#include "base/arena.h"
#include "base/str.h"

/* The expression, anchored on both sides, in the arena: `?` and `*` stay within a folder, a leading or inner
 * slash-star-star-slash spans folders, {name} captures as `*` does, {name:expression} what the expression
 * matches. */
struct str glob_expression(struct arena *arena, struct str glob);

#endif
