/* Before CPython 3.12: having one function called through us. In 3.11, where calls pass the word by that says
 * how, the object's type becomes a copy of the function type, which keeps the interpreter from its short cut.
 */
#ifndef SHIM_PYTHON_FUNCTION_H
#define SHIM_PYTHON_FUNCTION_H

#include "python/api.h"

/* The type of functions, or our copy of it. */
bool function_is_type(PyObject *type);

void function_patch(PyObject *function);
void function_undo(PyObject *function);

#endif
