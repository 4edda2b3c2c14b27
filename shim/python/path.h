/* The texts of paths, as strings and as pathlib's. */
#ifndef SHIM_PYTHON_PATH_H
#define SHIM_PYTHON_PATH_H

#include "python/api.h"

/* 0: it is neither. */
size_t py_path_text(PyObject *o, char *out, size_t room);

#endif
