/* Before CPython 3.12: the functions that a module defines outside of classes are found as soon as it calls
 * anything, and when it has run.
 *
 * While such a module runs its own code, the frames that it calls directly pass by here (PEP 523); while one
 * of these runs, frames are the interpreter's own business again, so that nothing within it costs more, not
 * even stack. A watched function that is called before it was found begins its span with its frame. */
#ifndef SHIM_PYTHON_TOPLEVEL_H
#define SHIM_PYTHON_TOPLEVEL_H

#include "python/api.h"

/* That code, of that file, is about to run and has watched functions outside of classes. */
void toplevel_expect(PyObject *code, const char *file);

#endif
