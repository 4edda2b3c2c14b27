/* Python values as JSON, without running anything of the program's: strings, numbers, truth values, None,
 * lists, tuples, dicts and paths of pathlib; anything else is left out. Keys and tokens are masked. */
#ifndef SHIM_PYTHON_VALUES_H
#define SHIM_PYTHON_VALUES_H

#include "python/json.h"

/* Adds a member, if the value is one of the above. */
void py_json_put(struct py_json *, const char *name, PyObject *value);

/* The value at a path from an object on: keys of dicts, numbers of lists and tuples, attributes. A new
 * reference, or NULL. "" and ".": the object itself. */
PyObject *py_follow(PyObject *from, const char *path);

/* Of lists and tuples, and of any object's type. */
long values_size(PyObject *);
PyObject *values_element(PyObject *, long);
bool values_type_has(PyObject *, const char *attribute);

#endif
