/* What may be written down of output and words: keys and tokens are masked. Pure functions. */
#ifndef SHIM_REDACT_H
#define SHIM_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies the first room bytes of a text in which what looks like a key or token is asterisks; how many bytes
 * of the text are hidden. */
size_t redact_copy(char *out, size_t room, const char *text, size_t length);

/* The same in place. */
void redact_text(char *text, size_t length);

#endif
