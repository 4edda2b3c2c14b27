/* What overview.c puts together. */
#ifndef EMIT_SCREEN_OVERVIEW_PARTS_H
#define EMIT_SCREEN_OVERVIEW_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Of logs: their errors, the same one of several together. A new reference. */
json_t *overview_errors(const json_t *documents);

/* The most frequent of them, on 80 columns. */
void overview_print_errors(FILE *out, const json_t *errors, bool colours);

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define FAINT  "\033[2m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

/* An object's number; 0 where it has none. */
json_int_t overview_whole(const json_t *row, const char *key);

#endif
