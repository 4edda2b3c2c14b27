/* Text for people on lines of 80 columns. */
#ifndef EMIT_SCREEN_PUT_TEXT_H
#define EMIT_SCREEN_PUT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#define COLUMNS 80

/* At most `width` characters of the first line, padded with spaces if asked; control characters would spoil
 * it, and become spaces. */
void put_cut(FILE *out, const char *words, int width, bool pad);

/* Eight characters: 12.3s, 4m05s, 2h07m. */
void put_duration(FILE *out, double seconds);

#endif
