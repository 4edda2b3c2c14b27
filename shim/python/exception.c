/* See python/exception.h. */
#include "python/exception.h"

#include <string.h>

#define NAME_BYTES 256u

void exception_type(PyObject *type, char *out, size_t room)
{
    size_t n = 0;
    PyObject *m = py_is(type, py.PyType_Type) ? py_attribute(type, "__module__") : NULL;
    PyObject *q = py_is(type, py.PyType_Type) ? py_attribute(type, "__qualname__") : NULL;
    py_text(m, out, room < NAME_BYTES ? room : NAME_BYTES, NULL);
    if (out[0] && strcmp(out, "builtins") != 0 && strcmp(out, "__main__") != 0) {
        n = strlen(out);
        out[n++] = '.';
    }
    py_text(q, out + n, room - n, NULL);
    py_drop(m);
    py_drop(q);
}

static bool is_plain(PyObject *o)
{
    PyObject *type = py_type(o);
    return o == py._Py_NoneStruct || type == py.PyUnicode_Type || type == py.PyLong_Type ||
           type == py.PyBool_Type || type == py.PyFloat_Type || type == py.PyBytes_Type;
}

/* str() of it runs nothing but the interpreter's own code. */
static bool is_told_by_args(PyObject *value, PyObject *args)
{
    PyObject *key = py.PyUnicode_InternFromString("__str__");
    PyObject *method = key ? py._PyType_Lookup(py_type(value), key) : NULL;
    py_drop(key);
    if (!method || py_type(method) != py.PyWrapperDescr_Type)
        return false;
    long n = py.PyTuple_Size(args);
    for (long i = 0; i < n; i++)
        if (!is_plain(py.PyTuple_GetItem(args, i)))
            return false;
    PyObject *file = py_attribute(value, "filename");
    bool plain = !file || is_plain(file);
    py_drop(file);
    return plain;
}

static size_t first_text(PyObject *args, char *out, size_t room)
{
    long n = py.PyTuple_Size(args);
    for (long i = 0; i < n; i++) {
        size_t bytes = py_text(py.PyTuple_GetItem(args, i), out, room, NULL);
        if (bytes > 0)
            return bytes;
    }
    return 0;
}

void exception_message(PyObject *value, char *out, size_t room)
{
    out[0] = '\0';
    if (py_is_none(value) || py_text(value, out, room, NULL) > 0)
        return;
    PyObject *args = py_attribute(value, "args");
    if (args && py_is(args, py.PyTuple_Type)) {
        PyObject *text = is_told_by_args(value, args) ? py.PyObject_Str(value) : NULL;
        if (text)
            py_text(text, out, room, NULL);
        else
            first_text(args, out, room);
        py.PyErr_Clear();
        py_drop(text);
    }
    py_drop(args);
}

void exception_text(struct exception_text *out, PyObject *type, PyObject *value)
{
    exception_type(type, out->name, sizeof out->name);
    exception_message(value, out->message, sizeof out->message);
}
