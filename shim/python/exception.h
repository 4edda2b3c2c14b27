/* What an exception is called and says, told without running anything of the program's. */
#ifndef SHIM_PYTHON_EXCEPTION_H
#define SHIM_PYTHON_EXCEPTION_H

#include "python/api.h"

#define EXCEPTION_NAME    512u
#define EXCEPTION_MESSAGE 1024u

/* As a traceback writes it: without the module where that is builtins or the script itself. */
void exception_type(PyObject *type, char *out, size_t room);

void exception_message(PyObject *value, char *out, size_t room);

/* Both. */
struct exception_text {
    char name[EXCEPTION_NAME], message[EXCEPTION_MESSAGE];
};
void exception_text(struct exception_text *out, PyObject *type, PyObject *value);

#endif
