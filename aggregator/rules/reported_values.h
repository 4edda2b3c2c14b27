/* What a function was given and gave back, as values for templates: JSON in, texts out. */
#ifndef RULES_REPORTED_VALUES_H
#define RULES_REPORTED_VALUES_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

/* Adds the members of a JSON object as values named prefix + key, those of objects and lists in it as
 * prefix + key.inner too. true, false and numbers are as JSON writes them, null is empty, a list or an object
 * is its JSON text. What is no JSON object adds nothing. */
void reported_values(struct arena *arena, struct str json, const char *prefix, struct vec *values);

/* The texts (struct str) of a JSON list, or of one text that is no list; empty ones are left out. Of an
 * object in the list its message counts. */
struct vec reported_list(struct arena *arena, struct str text);

/* What an error says of itself: of an object its message, of a text that text. */
struct str reported_message(struct arena *arena, struct str text);

/* The text as a JSON object: itself, or {"value": ...} around another value; "" when it holds nothing. */
struct str reported_object(struct arena *arena, struct str text);

/* What a word says of an outcome. */
enum reported_outcome {
    REPORTED_NOTHING = -1,
    REPORTED_FAILED,
    REPORTED_SUCCESS,
    REPORTED_TIMEOUT,
    REPORTED_SKIPPED
};
enum reported_outcome reported_outcome(struct str word);

#endif
