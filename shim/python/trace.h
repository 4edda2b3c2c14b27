/* Tracebacks as text, as the interpreter prints them but for its lines of source. */
#ifndef SHIM_PYTHON_TRACE_H
#define SHIM_PYTHON_TRACE_H

#include "python/api.h"

/* What does not fit is left out. */
struct text {
    char *at;
    size_t bytes, room;
};
void text_add(struct text *, const char *);
void text_add_number(struct text *, long);

struct place {
    PyObject *code; /* not held: compared only */
    long line;
};

/* Outermost first; returns the innermost place. t NULL: only that is wanted. */
struct place trace_add(struct text *t, PyObject *traceback);

/* Whether it leads through that code; of a long one only the outer steps are looked at. */
bool trace_passes(PyObject *traceback, const PyObject *code);

/* An exception with its traceback, behind those that it came from. */
void trace_add_exception(struct text *t, PyObject *type, PyObject *value, PyObject *traceback);

#endif
