/* Named values that a rule captured, and the templates that use them: "scene_{quality|default}". */
#ifndef RULES_VALUES_H
#define RULES_VALUES_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "rules/regex.h"

/* The last value of that name; empty when there is none. */
struct str values_find(const struct vec *values, struct str name);

/* In the arena; a name without value and without default becomes nothing. */
struct str values_expand(struct arena *arena, struct str template, const struct vec *values);

#endif
