/* Frames of CPython 3.9 to 3.11 as they are about to run: what the interpreter gives to a function that runs
 * them. Their layouts are those of three versions that do not change any more. */
#ifndef SHIM_PYTHON_FRAME_H
#define SHIM_PYTHON_FRAME_H

#include "python/api.h"

struct frame {
    PyObject *code, *globals; /* borrowed; code NULL: of no known layout */
    PyObject **locals;        /* parameters come first; NULL: none, or kept in a cell */
    PyObject *generator;      /* whose body it is, borrowed; NULL: a plain call, or 3.11 */
    bool fresh;               /* it has not run yet */
};

struct frame frame_of(void *frame);

/* A parameter that a function within the frame's uses as well is kept in a cell: its value, borrowed. */
PyObject *frame_cell(const struct frame *, const char *name);

#endif
