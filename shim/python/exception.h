/* What an exception is called and says, told without running anything of the program's. */
#ifndef SHIM_PYTHON_EXCEPTION_H
#define SHIM_PYTHON_EXCEPTION_H

#include "python/api.h"

#define EXCEPTION_NAME    512u
#define EXCEPTION_MESSAGE 1024u

/* As a traceback writes it: without the module where that is builtins or the script itself. */
void exception_type(PyObject *type, char *out, size_t room);

void exception_message(PyObject *value, char *out, size_t room);

#endif
