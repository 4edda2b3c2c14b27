/* Text for people on lines of 80 columns. */
#ifndef EMIT_SCREEN_PUT_TEXT_H
#define EMIT_SCREEN_PUT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#define COLUMNS 80

/* Colours, where they are asked for. */
#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define FAINT  "\033[2m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

/* At most `width` characters of the first line, padded with spaces if asked; control characters would spoil
 * it, and become spaces. */
void put_cut(FILE *out, const char *words, int width, bool pad);

/* Eight characters: 12.3s, 4m05s, 2h07m. */
void put_duration(FILE *out, double seconds);

#endif
