/* Watched generators and coroutines: their span began with the call that made them and ends when they have
 * run to their end. From the first one on, functions of ours lie in front of those with which the interpreter
 * goes on with such an object and gives it up; a program that has none keeps the interpreter's own. */
#ifndef SHIM_PYTHON_SUSPENDED_H
#define SHIM_PYTHON_SUSPENDED_H

#include "python/outcome.h"

/* object: what the watched call returned. */
void suspended_begin(struct span_mark, const struct watched *, PyObject *object);

/* Whether the span of that one has begun and not ended. */
bool suspended_knows(PyObject *object);

/* The interpreter begins to end: its types get their own functions back. */
void suspended_end(void);

#endif
