/* Perl-compatible expressions over byte strings; the only home of PCRE2.
 *
 * A struct regex lives as long as the arena it was compiled into; one thread at a time may use it. Matching
 * is bounded: an expression that backtracks without end does not match. */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>

struct regex;
typedef struct regex *regex_ref; /* an item of a vec */

/* A named value, as captured or computed. */
struct value {
    struct str name, text;
};

/* `where` says whose expression it is; it begins the sentence of an error. */
int regex_compile(struct arena *arena, struct str where, struct str pattern, struct regex **out,
                  struct err *err);

bool regex_match(struct regex *regex, struct str text);

/* Named groups that took part are appended to `values` (struct value; views of text). */
bool regex_capture(struct regex *regex, struct str text, struct arena *arena, struct vec *values);

/* Group 1 of the last match, a view of its text; empty if there was none. */
struct str regex_group(const struct regex *regex, struct str text, unsigned number);

#endif
