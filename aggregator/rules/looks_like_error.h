/* Whether a text that matched an error pattern tells of an error, or only looks like it: a part of a longer
 * name, source code, a count of none, a setting. */
#ifndef RULES_LOOKS_LIKE_ERROR_H
#define RULES_LOOKS_LIKE_ERROR_H

#include "base/str.h"

#include <stdbool.h>

/* `match` is a slice of `line`. */
bool looks_like_error(struct str line, struct str match);

#endif
