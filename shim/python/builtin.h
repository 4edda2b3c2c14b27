/* Exchanging what the interpreter's own functions do, in the place where it keeps them. */
#ifndef SHIM_PYTHON_BUILTIN_H
#define SHIM_PYTHON_BUILTIN_H

#include "python/api.h"

/* One of a module of the interpreter's own, borrowed; NULL: it is not there, or not any more. */
PyObject *builtin_named(const char *module, const char *name);

/* A function in C: exchanges what it does and returns what it did; NULL: not found. */
void *builtin_exchange(PyObject *builtin, void *instead);

/* The same of what reads an attribute of a type of the interpreter's own. */
void *builtin_exchange_getter(PyObject *type, const char *attribute, void *instead);

#endif
