/* Exceptions of an interpreter as events, put together without running anything of the program's. */
#ifndef SHIM_PYTHON_ERRORS_H
#define SHIM_PYTHON_ERRORS_H

#include "python/api.h"
#include "python/watch.h"
#include "vl/event.h"

/* As PyErr_Fetch gives it: value may not be an exception yet, traceback NULL or None. */
void errors_tell(enum vl_raise how, uint64_t span, PyObject *type, PyObject *value, PyObject *traceback);

/* The same of one that stands for so many that were passed over. */
void errors_tell_some(enum vl_raise how, uint64_t span, PyObject *type, PyObject *value, PyObject *traceback,
                      uint64_t times);

/* The standard library is about to say something of an exception; argument: the log record or warning, or
 * NULL. */
void errors_hear(enum watch_kind kind, PyObject *argument);

#endif
