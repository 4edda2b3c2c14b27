/* Calls of watched functions: what they were given, what came of them. Every such function is called through
 * call_watched, which runs it as CPython does. */
#ifndef SHIM_PYTHON_CALL_H
#define SHIM_PYTHON_CALL_H

#include "python/frame.h"
#include "python/watch.h"

/* What runs a function: CPython's own way, set once before the first call. */
extern py_vectorcall call_real;

PyObject *call_watched(PyObject *function, PyObject *const *args, size_t nargsf, PyObject *names);

/* Before 3.12, functions that were called before they were found, by the frame that is about to run: what it
 * begins (NULL: nothing, or call_watched has done so), and running it, by run, with its span around it. */
const struct watched *call_to_begin(const struct frame *);
PyObject *call_frame(const struct watched *, const struct frame *, py_evaluate run, void *state, void *frame);

/* The same of coroutines and generators that are given to that frame and have not run yet. */
void call_begin_arguments(const struct frame *);

/* asyncio's current task, 0: none. */
uint64_t call_task(void);

#endif
