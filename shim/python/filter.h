/* Whether the built-in rules may name something of a module. What they ask for is known from the build on
 * (span_words.def), so that a program with none of it never reads them. */
#ifndef SHIM_PYTHON_FILTER_H
#define SHIM_PYTHON_FILTER_H

#include "python/api.h"

/* module: the last part of its name; code: what it is about to run. */
bool filter_passes(const char *module, size_t bytes, PyObject *code);

/* Whether a module stores that name. */
bool filter_is_named(PyObject *code, const char *name);

/* For its test: whether the first word of a function is among what is let through for such a module. */
bool filter_knows(const char *module, const char *word);

#endif
