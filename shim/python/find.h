/* Before CPython 3.12: finding the functions of watched code when their class has been built and when their
 * module has run. */
#ifndef SHIM_PYTHON_FIND_H
#define SHIM_PYTHON_FIND_H

#include "python/api.h"

/* Watched functions of a module that is about to run, top of them outside of classes. */
void find_expect(PyObject *code, int top);

#endif
