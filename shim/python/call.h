/* Calls of watched functions: what they were given, what came of them. Every such function is called through
 * call_watched, which runs it as CPython does. */
#ifndef SHIM_PYTHON_CALL_H
#define SHIM_PYTHON_CALL_H

#include "python/api.h"

/* What runs a function: CPython's own way, set once before the first call. */
extern py_vectorcall call_real;

PyObject *call_watched(PyObject *function, PyObject *const *args, size_t nargsf, PyObject *names);

/* asyncio's current task, 0: none. */
uint64_t call_task(void);

#endif
