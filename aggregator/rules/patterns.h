/* Category and suggested fix of an error, from how a process ended or from what it said. */
#ifndef RULES_PATTERNS_H
#define RULES_PATTERNS_H

#include "model/story.h"
#include "rules/rules.h"

struct error_kind {
    uint32_t row;                     /* of rules->patterns; NONE: nothing matched */
    struct str category;              /* with _error, in the arena or static */
    int8_t fixable, auto_recoverable; /* -1: not known */
    struct str fix;
    struct str pattern; /* the row's own text; "": no row */
};

/* The first row of evidence that holds; false when none does. */
bool patterns_weigh(struct arena *arena, const struct rules *rules, const struct evidence *evidence,
                    struct error_kind *out);

/* What a program says of the kind of its failure, "syntax_error"; false when that is none of the categories,
 * or unknown_error. */
bool patterns_reported(struct str word, struct error_kind *out);

/* The first row of text that matches one line; false when none does. */
bool patterns_match(struct arena *arena, const struct rules *rules, struct str line, struct error_kind *out);

#endif
