/* Python values as JSON, without running anything of the program's: strings, numbers, truth values, None,
 * lists, tuples, dicts and paths of pathlib; anything else is left out. Keys and tokens are masked. */
#ifndef SHIM_PYTHON_VALUES_H
#define SHIM_PYTHON_VALUES_H

#include "python_api.h"

#define JSON_BYTES 4096u

/* An object that is being written. */
struct py_json {
    size_t bytes;
    bool cut;
    char text[JSON_BYTES];
};

void py_json_begin(struct py_json *);
/* Adds a member, if the value is one of the above. */
void py_json_put(struct py_json *, const char *name, PyObject *value);
void py_json_end(struct py_json *);

/* The value at a path from an object on: keys of dicts, numbers of lists and tuples, attributes. A new
 * reference, or NULL. "" and ".": the object itself. */
PyObject *py_follow(PyObject *from, const char *path);

/* The text of a string or of a path of pathlib; 0: it is neither. */
size_t py_path_text(PyObject *o, char *out, size_t room);

#endif
