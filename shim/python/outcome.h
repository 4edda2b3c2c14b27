/* How a watched call came out: its span ends with what the rule keeps of the result, or with the exception
 * that left it. errno is the caller's to keep. */
#ifndef SHIM_PYTHON_OUTCOME_H
#define SHIM_PYTHON_OUTCOME_H

#include "python/watch.h"

/* result: NULL where it is not known. */
void outcome_returned(struct span_mark, const struct watched *, PyObject *result);

/* The exception is the interpreter's pending one, and stays that. */
void outcome_raised(struct span_mark);

#endif
