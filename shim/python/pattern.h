/* Patterns of functions: module:qualified name, with * and ? in each part between dots. */
#ifndef SHIM_PYTHON_PATTERN_H
#define SHIM_PYTHON_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

bool pattern_fits(const char *pattern, const char *pattern_end, const char *text, const char *text_end);

/* Whether a pattern holds * or ?. */
bool pattern_is_open(const char *pattern, size_t bytes);

/* Where the last part of a text begins, behind the last c. */
const char *pattern_last(const char *text, const char *text_end, char c);

/* A module's file without what follows the module's own name: pkg/mod.py, pkg/mod/__init__.py -> pkg/mod */
size_t pattern_module_bytes(const char *file, size_t bytes);

/* The last components of a file against those of a dotted name, from the end. *name: where the first of them
 * begins. */
bool pattern_fits_module(const char *module, const char *file, size_t bytes, const char **name);

#endif
