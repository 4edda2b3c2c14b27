/* Exceptions that a program catches and says nothing of: told when they are given up, with the traceback that
 * they still have. */
#ifndef SHIM_PYTHON_SWALLOWED_H
#define SHIM_PYTHON_SWALLOWED_H

#include "python/api.h"

/* From now on; once a process, with the interpreter's lock. */
void swallowed_begin(void);

/* Exceptions of some type came so fast that none of it is looked at until the program does something else. */
extern bool swallowed_resting; /* atomic */
void swallowed_wake(void);

/* The interpreter begins to end: its types get their own functions back. */
void swallowed_end(void);

/* Somebody told of this exception already. */
void swallowed_not(PyObject *value);

#endif
