/* Making the functions of watched code be called through us, in the one word of a function object that says
 * how it is called (its vectorcall): the object stays what it is, and code, frames and tracebacks are its
 * own.
 *
 * From 3.12 on the interpreter tells of each function that is made. Before, functions are looked for when
 * their class has been built, and while their module runs. */
#ifndef SHIM_PYTHON_PATCH_H
#define SHIM_PYTHON_PATCH_H

#include "python/watch.h"

/* A module is about to run: gets ready for its watched functions, if it has some. */
void patch_expect(PyObject *code, const struct watch_found *);

/* Lets a function alone from here on. */
void patch_undo(PyObject *function);

#endif
