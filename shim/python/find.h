/* Before CPython 3.12: finding the functions of watched code, those of a class when it has been built, the
 * others while their module runs (toplevel.h). */
#ifndef SHIM_PYTHON_FIND_H
#define SHIM_PYTHON_FIND_H

#include "python/watch.h"

/* A module is about to run. */
void find_expect(PyObject *code, const struct watch_found *);

/* Looks among a module's names for the functions of its file. Returns how many are still missing. */
int find_in(PyObject *names, const char *file);

#endif
