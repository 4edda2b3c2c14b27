/* Before CPython 3.12: the script itself runs to the program's end, so the functions that it defines outside
 * of classes are looked for between its steps. */
#ifndef SHIM_PYTHON_SCRIPT_H
#define SHIM_PYTHON_SCRIPT_H

#include "python/api.h"

/* A module of that file, which has watched functions outside of classes, is about to run: it may be the
 * script. */
void script_expect(PyObject *code, const char *file);

/* Whether functions of the script are awaited: then each module's end is worth telling. */
bool script_awaits(void);

/* A module of that file has run. */
void script_hear_end(const char *file);

#endif
