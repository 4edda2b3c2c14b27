/* Before CPython 3.12: finding the functions of watched code when their class has been built and when their
 * module has run. */
#ifndef SHIM_PYTHON_FIND_H
#define SHIM_PYTHON_FIND_H

#include "python/watch.h"

/* A module is about to run. */
void find_expect(PyObject *code, const struct watch_found *);

/* Looks among a module's names for what is awaited of a file, NULL: of any. Returns how many functions, NULL:
 * of rules, are still missing. */
int find_in(PyObject *names, const char *file);

#endif
