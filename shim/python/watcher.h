/* From CPython 3.12 on the interpreter tells of each function that is made. */
#ifndef SHIM_PYTHON_WATCHER_H
#define SHIM_PYTHON_WATCHER_H

#include "python/api.h"

/* Listens in this interpreter, if it does not yet. */
void watcher_begin(void);

/* A function's call may be made short again behind us: sees to those made so far. */
void watcher_settle(PyObject *function);
void watcher_settle_all(void);

#endif
