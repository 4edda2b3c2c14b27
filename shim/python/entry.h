/* What is known of a watched function: its name, its parameters that a rule keeps. */
#ifndef SHIM_PYTHON_ENTRY_H
#define SHIM_PYTHON_ENTRY_H

#include "python/watch.h"

/* A module whose code is being walked, and what was found by now. */
struct module {
    const char *file, *name; /* name: points into file */
    size_t bytes;            /* of file, without what follows the module's name */
    struct watch_found found;
};

void entry_function(PyObject *code, const struct span_function *f, enum watch_kind kind, struct module *m,
                    const char *qualname, const char *own_name);
void entry_class(PyObject *code, const char *own_name);

#endif
