/* Exceptions that a program catches and says nothing of: told when they are given up, with the traceback that
 * they still have. */
#ifndef SHIM_PYTHON_SWALLOWED_H
#define SHIM_PYTHON_SWALLOWED_H

#include "python/api.h"

/* From now on; once a process, with the interpreter's lock. */
void swallowed_begin(void);

/* Somebody told of this exception already. */
void swallowed_not(PyObject *value);

#endif
