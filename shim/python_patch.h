/* Making the functions of watched code be called through us, in the one word of a function object that says
 * how it is called (its vectorcall): the object stays what it is, and code, frames and tracebacks are its
 * own.
 *
 * From 3.12 on the interpreter tells of each function that is made. Before, functions are looked for when
 * their class has been built, and when their module has run. In 3.11, where calls pass that word by, the
 * object's type becomes a copy of the function type, which keeps the interpreter from taking its short cut.
 */
#ifndef SHIM_PYTHON_PATCH_H
#define SHIM_PYTHON_PATCH_H

#include "python_api.h"

/* Watched functions of a module that is about to run, top of them outside of classes: gets ready for them in
 * this interpreter. */
void patch_expect(PyObject *code, int top);

/* 3.12 and later, where a function's call may be made short again behind us: see to those made so far. */
void patch_settle(PyObject *function);
void patch_settle_all(void);

/* Lets a function alone from here on. */
void patch_undo(PyObject *function);

/* A function of the interpreter's own, in C: exchanges what it does and returns what it did; NULL: not found.
 */
void *patch_builtin(PyObject *builtin, void *instead);

/* The same of what reads an attribute of a type of its own. */
void *patch_getter(PyObject *type, const char *attribute, void *instead);

#endif
