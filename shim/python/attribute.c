/* Texts and attributes of objects, read without calling anything of the program's. */
#include "python/api.h"

#include "raw.h"
#include "scratch.h"

#include <string.h>

#define LARGEST_DICT    4096 /* entries that are looked at for a key */
#define WIDE_CHARACTERS 1024
#define FEW_CHARACTERS  32

static size_t encode(char *out, size_t room, uint32_t c)
{
    if (c >= 0xd800 && c < 0xe000)
        c = 0xfffd;
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n > room)
        return 0;
    if (n == 1) {
        out[0] = (char)c;
        return 1;
    }
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 63));
    out[0] = (char)((0xf00 >> n & 0xff) | c);
    return n;
}

struct wide {
    wchar_t text[WIDE_CHARACTERS];
};

static size_t put_text(PyObject *string, long length, wchar_t *wide, long most, char *out, size_t room,
                       bool *cut)
{
    size_t at = 0;
    long n = py.PyUnicode_AsWideChar(string, wide, most);
    if (n < 0) {
        py.PyErr_Clear();
        return 0;
    }
    bool whole = length <= most;
    for (long i = 0; i < n && i < most; i++) {
        size_t took = encode(out + at, room - 1 - at, (uint32_t)wide[i]);
        whole = whole && took > 0;
        if (took == 0)
            break;
        at += took;
    }
    out[at] = '\0';
    if (cut)
        *cut = !whole;
    return at;
}

static COLD size_t put_long_text(PyObject *string, long length, char *out, size_t room, bool *cut)
{
    SCRATCH_WITHIN(struct wide, wide);
    return wide ? put_text(string, length, wide->text, WIDE_CHARACTERS, out, room, cut) : 0;
}

size_t py_text(PyObject *string, char *out, size_t room, bool *cut)
{
    wchar_t few[FEW_CHARACTERS];
    out[0] = '\0';
    if (!py_is(string, py.PyUnicode_Type))
        return 0;
    long length = py.PyUnicode_GetLength(string);
    if (length > FEW_CHARACTERS)
        return put_long_text(string, length, out, room, cut);
    return put_text(string, length, few, FEW_CHARACTERS, out, room, cut);
}

static bool same_text(PyObject *string, const char *text)
{
    return py_type(string) == py.PyUnicode_Type && py.PyUnicode_CompareWithASCIIString(string, text) == 0;
}

PyObject *py_dict_find(PyObject *dict, const char *key)
{
    PyObject *k, *value;
    long at = 0;
    for (int i = 0; i < LARGEST_DICT && py.PyDict_Next(dict, &at, &k, &value); i++)
        if (same_text(k, key))
            return value;
    return NULL;
}

static bool is_plain_descriptor(PyObject *d)
{
    return d && (py_type(d) == py.PyMemberDescr_Type || py_type(d) == py.PyGetSetDescr_Type);
}

PyObject *py_attribute(PyObject *o, const char *name)
{
    PyObject *key = py.PyUnicode_InternFromString(name), *value = NULL;
    if (!key)
        goto out;
    PyObject *descriptor = py._PyType_Lookup(py_type(o), key);
    if (is_plain_descriptor(descriptor)) {
        value = py.PyObject_GenericGetAttr(o, key);
    } else {
        PyObject *dict = py.PyObject_GenericGetDict(o, NULL);
        value = dict && py_is(dict, py.PyDict_Type) ? py_dict_find(dict, name) : NULL;
        if (value)
            py.Py_IncRef(value);
        py_drop(dict);
    }
out:
    if (!value)
        py.PyErr_Clear();
    py_drop(key);
    return value;
}

long py_number(PyObject *o, const char *name)
{
    PyObject *value = py_attribute(o, name);
    int overflow = 0;
    long number =
        value && py_is(value, py.PyLong_Type) ? (long)py.PyLong_AsLongLongAndOverflow(value, &overflow) : -1;
    py_drop(value);
    return overflow ? -1 : number;
}
