/* Where in a JSON text something stands: jansson says so of what is no JSON alone. The text must be valid. */
#ifndef RULES_READING_LOCATE_H
#define RULES_READING_LOCATE_H

#include "base/str.h"

/* Offset of the value of a key of the object at `object` (its brace), else of the first value of that key
 * anywhere within, else `object` itself. */
size_t locate_key(struct str text, size_t object, const char *key);

/* Offset of item `index` of the array at `array`; `array` itself when it has fewer. */
size_t locate_item(struct str text, size_t array, size_t index);

/* The value at an offset, as it stands there. */
struct str locate_value(struct str text, size_t offset);

/* Of the first value of the text. */
size_t locate_root(struct str text);

/* Counted from 1; a column counts bytes. */
void locate_place(struct str text, size_t offset, unsigned *line, unsigned *column);

#endif
