/* From a value on to what a rule keeps of it. */
#include "python/values.h"

#include <stdlib.h>
#include <string.h>

static PyObject *step(PyObject *from, const char *key)
{
    char *end;
    PyObject *value = NULL;
    if (py_is(from, py.PyDict_Type)) {
        value = py_dict_find(from, key);
    } else if (py_is(from, py.PyTuple_Type) || py_is(from, py.PyList_Type)) {
        long i = strtol(key, &end, 10);
        if (end != key && *end == '\0' && i >= 0 && i < values_size(from))
            value = values_element(from, i);
    }
    if (value) {
        py.Py_IncRef(value);
        return value;
    }
    return py_attribute(from, key); /* a named tuple has both */
}

PyObject *py_follow(PyObject *from, const char *path)
{
    py.Py_IncRef(from);
    while (from && *path && strcmp(path, ".") != 0) {
        char key[128];
        size_t n = strcspn(path, ".");
        if (n >= sizeof key) {
            py_drop(from);
            return NULL;
        }
        memcpy(key, path, n);
        key[n] = '\0';
        path += n + (path[n] == '.');
        PyObject *next = step(from, key);
        py_drop(from);
        from = next;
    }
    return from;
}
