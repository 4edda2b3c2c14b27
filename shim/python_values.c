/* Values to JSON; see python_values.h. */
#include "python_values.h"

#include "redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_BYTES  32 /* for what says that something is missing, and for brackets */
#define STRING_MAX  1500
#define DEPTH_MAX   6
#define ENTRIES_MAX 100

static bool put_value(struct py_json *j, PyObject *o, int depth);

/* ---- text ---- */

static bool put(struct py_json *j, const char *text, size_t n)
{
    if (j->bytes + n > JSON_BYTES - TAIL_BYTES)
        return false;
    memcpy(j->text + j->bytes, text, n);
    j->bytes += n;
    return true;
}

static bool put_text(struct py_json *j, const char *text) { return put(j, text, strlen(text)); }

static size_t escape(char *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        out[0] = '\\';
        out[1] = (char)c;
        return 2;
    }
    if (c == '\n') {
        memcpy(out, "\\n", 2);
        return 2;
    }
    if (c >= 0x20) {
        out[0] = (char)c;
        return 1;
    }
    memcpy(out, "\\u00", 4);
    out[4] = (char)('0' + (c >> 4));
    out[5] = "0123456789abcdef"[c & 15];
    return 6;
}

static bool put_quoted(struct py_json *j, const char *text, size_t n)
{
    char piece[8];
    bool fits = put_text(j, "\"");
    for (size_t i = 0; i < n && fits; i++)
        fits = put(j, piece, escape(piece, (unsigned char)text[i]));
    return fits && put_text(j, "\"");
}

static bool put_string(struct py_json *j, PyObject *o)
{
    char text[STRING_MAX + 8];
    bool cut;
    size_t n = py_text(o, text, STRING_MAX, &cut);
    if (cut) {
        memcpy(text + n, "\u2026", strlen("\u2026"));
        n += strlen("\u2026");
    }
    return put_quoted(j, text, n);
}

/* ---- numbers ---- */

static bool put_whole(struct py_json *j, PyObject *o)
{
    char text[32];
    int overflow = 0;
    long long v = py.PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow)
        return put_text(j, "null");
    char *at = text + sizeof text;
    unsigned long long rest = v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (v < 0)
        *--at = '-';
    return put(j, at, (size_t)(text + sizeof text - at));
}

static bool put_float(struct py_json *j, PyObject *o)
{
    double v = py.PyFloat_AsDouble(o);
    if (v != v || v - v != 0) /* no number of JSON's */
        return put_text(j, v != v ? "\"nan\"" : v > 0 ? "\"inf\"" : "\"-inf\"");
    char *text = py.PyOS_double_to_string(v, 'r', 0, 2 /* with .0 */, NULL);
    if (!text) {
        py.PyErr_Clear();
        return put_text(j, "null");
    }
    bool fits = put_text(j, text);
    py.PyMem_Free(text);
    return fits;
}

/* ---- containers ---- */

static PyObject *element(PyObject *o, long i)
{
    return py_is(o, py.PyTuple_Type) ? py.PyTuple_GetItem(o, i) : py.PyList_GetItem(o, i);
}

static long size_of(PyObject *o)
{
    return py_is(o, py.PyTuple_Type) ? py.PyTuple_Size(o) : py.PyList_Size(o);
}

static bool put_row(struct py_json *j, PyObject *o, int depth)
{
    long n = size_of(o);
    bool fits = put_text(j, "[");
    for (long i = 0; i < n && fits; i++) {
        size_t before = j->bytes;
        bool more = i < ENTRIES_MAX && (i == 0 || put_text(j, ", "));
        size_t start = j->bytes;
        if (more && put_value(j, element(o, i), depth + 1)) {
            if (py_is(element(o, i), py.PyUnicode_Type))
                redact_text(j->text + start, j->bytes - start);
            continue;
        }
        j->bytes = before;
        j->cut = true;
        fits = put_text(j, i == 0 ? "\"...\"" : ", \"...\"");
        break;
    }
    return fits && put_text(j, "]");
}

/* A key that is no string is written as one if it is a number. */
static bool put_key(struct py_json *j, PyObject *key)
{
    if (py_is(key, py.PyUnicode_Type))
        return put_string(j, key);
    return py_is(key, py.PyLong_Type) && put_text(j, "\"") && put_whole(j, key) && put_text(j, "\"");
}

/* Whatever else a rule asks for, this is text that nobody wants on disk. */
static bool is_text_of_others(PyObject *key)
{
    static const char *const names[] = {"prompt", "code", "content"};
    char text[16];
    py_text(key, text, sizeof text, NULL);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0)
            return true;
    return false;
}

static bool put_entry(struct py_json *j, PyObject *key, PyObject *value, bool first, int depth)
{
    size_t start = j->bytes;
    if ((!first && !put_text(j, ", ")) || !put_key(j, key) || !put_text(j, ": ") ||
        !put_value(j, value, depth + 1))
        return false;
    if (py_is(value, py.PyUnicode_Type))
        redact_text(j->text + start, j->bytes - start);
    return true;
}

static bool put_dict(struct py_json *j, PyObject *o, int depth)
{
    PyObject *key, *value;
    long at = 0;
    bool fits = put_text(j, "{"), first = true;
    for (int i = 0; fits && py.PyDict_Next(o, &at, &key, &value); i++) {
        size_t before = j->bytes;
        if (is_text_of_others(key))
            continue;
        if (i < ENTRIES_MAX && put_entry(j, key, value, first, depth)) {
            first = false;
            continue;
        }
        j->bytes = before;
        j->cut = true;
        fits = put_text(j, first ? "\"...\": true" : ", \"...\": true");
        break;
    }
    return fits && put_text(j, "}");
}

/* ---- objects ---- */

static bool type_has(PyObject *o, const char *name)
{
    PyObject *key = py.PyUnicode_InternFromString(name);
    bool has = key && py._PyType_Lookup(py_type(o), key);
    py_drop(key);
    return has;
}

static size_t join(PyObject *parts, char *out, size_t room)
{
    size_t at = 0;
    long n = py_is(parts, py.PyList_Type) || py_is(parts, py.PyTuple_Type) ? size_of(parts) : 0;
    for (long i = 0; i < n; i++) {
        char part[1024];
        size_t bytes = py_text(element(parts, i), part, sizeof part, NULL);
        if (part[0] == '/')
            at = 0;
        if (at + bytes + 2 > room)
            return 0;
        if (at > 0 && out[at - 1] != '/' && bytes > 0)
            out[at++] = '/';
        memcpy(out + at, part, bytes);
        at += bytes;
    }
    out[at] = '\0';
    return at;
}

/* The texts that pathlib's classes hold, by version: what a path was made of, or its parts. */
size_t py_path_text(PyObject *o, char *out, size_t room)
{
    static const char *const holders[] = {"_raw_paths", "_parts"};
    out[0] = '\0';
    if (py_is(o, py.PyUnicode_Type))
        return py_text(o, out, room, NULL);
    bool is_path = type_has(o, "__fspath__");
    size_t n = 0;
    for (size_t i = 0; i < 2 && is_path && n == 0; i++) {
        PyObject *parts = py_attribute(o, holders[i]);
        n = parts ? join(parts, out, room) : 0;
        if (n == 0 && parts && size_of(parts) == 0) {
            memcpy(out, ".", 2);
            n = 1;
        }
        py_drop(parts);
    }
    return n;
}

static bool put_path(struct py_json *j, PyObject *o)
{
    char text[STRING_MAX];
    size_t n = py_path_text(o, text, sizeof text);
    return n > 0 && put_quoted(j, text, n);
}

/* What a dataclass's instance holds itself. */
static bool put_dataclass(struct py_json *j, PyObject *o, int depth)
{
    PyObject *dict = type_has(o, "__dataclass_fields__") ? py.PyObject_GenericGetDict(o, NULL) : NULL;
    bool fits = dict && py_is(dict, py.PyDict_Type) && put_dict(j, dict, depth);
    if (!dict)
        py.PyErr_Clear();
    py_drop(dict);
    return fits;
}

/* An Enum's member holds what it stands for. */
static bool put_member(struct py_json *j, PyObject *o, int depth)
{
    bool is_enum = type_has(o, "_member_map_");
    PyObject *value = is_enum ? py_attribute(o, "_value_") : NULL;
    bool fits = value && put_value(j, value, depth + 1);
    py_drop(value);
    return fits;
}

/* ---- all of them ---- */

static bool put_value(struct py_json *j, PyObject *o, int depth)
{
    if (depth > DEPTH_MAX || !o)
        return false;
    if (o == py._Py_NoneStruct)
        return put_text(j, "null");
    if (py_type(o) == py.PyBool_Type)
        return put_text(j, o == py._Py_TrueStruct ? "true" : "false");
    if (py_is(o, py.PyLong_Type))
        return put_whole(j, o);
    if (py_is(o, py.PyFloat_Type))
        return put_float(j, o);
    if (py_is(o, py.PyUnicode_Type))
        return put_string(j, o);
    if (py_is(o, py.PyDict_Type))
        return put_dict(j, o, depth);
    if (py_is(o, py.PyList_Type) || py_is(o, py.PyTuple_Type))
        return put_row(j, o, depth);
    return put_path(j, o) || put_member(j, o, depth) || put_dataclass(j, o, depth);
}

void py_json_begin(struct py_json *j)
{
    j->bytes = 1;
    j->cut = false;
    j->text[0] = '{';
}

void py_json_put(struct py_json *j, const char *name, PyObject *value)
{
    size_t before = j->bytes;
    if ((before == 1 || put_text(j, ", ")) && put_quoted(j, name, strlen(name)) && put_text(j, ": ")) {
        size_t had = j->bytes;
        if (put_value(j, value, 0)) {
            if (py_is(value, py.PyUnicode_Type))
                redact_text(j->text + before, j->bytes - before);
            return;
        }
        j->cut = j->cut || j->bytes > had; /* else it is of no kind that is kept */
    } else {
        j->cut = true;
    }
    j->bytes = before;
}

/* TAIL_BYTES are left for this. */
void py_json_end(struct py_json *j)
{
    static const char more[] = "\"...\": true";
    if (j->cut) {
        if (j->bytes > 1) {
            memcpy(j->text + j->bytes, ", ", 2);
            j->bytes += 2;
        }
        memcpy(j->text + j->bytes, more, sizeof more - 1);
        j->bytes += sizeof more - 1;
    }
    j->text[j->bytes++] = '}';
}

static PyObject *step(PyObject *from, const char *key)
{
    char *end;
    PyObject *value = NULL;
    if (py_is(from, py.PyDict_Type)) {
        value = py_dict_find(from, key);
    } else if (py_is(from, py.PyTuple_Type) || py_is(from, py.PyList_Type)) {
        long i = strtol(key, &end, 10);
        if (end != key && *end == '\0' && i >= 0 && i < size_of(from))
            value = element(from, i);
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
