/* Containers and objects as JSON; see python/values.h. */
#include "python/values.h"

#include "python/path.h"
#include "redact.h"
#include "threads.h"

#include <string.h>

#define DEPTH_MAX      6
#define ENTRIES_MAX    100
#define STACK_MOST     700 /* that values within values take: what lies deeper is left out */
#define PATH_MAX_BYTES 1500

static bool put_value(struct py_json *j, PyObject *o, int depth);

/* ---- containers ---- */

PyObject *values_element(PyObject *o, long i)
{
    return py_is(o, py.PyTuple_Type) ? py.PyTuple_GetItem(o, i) : py.PyList_GetItem(o, i);
}

long values_size(PyObject *o) { return py_is(o, py.PyTuple_Type) ? py.PyTuple_Size(o) : py.PyList_Size(o); }

static __attribute__((noinline)) bool put_row(struct py_json *j, PyObject *o, int depth)
{
    long n = values_size(o);
    bool fits = json_put_text(j, "[");
    for (long i = 0; i < n && fits; i++) {
        size_t before = j->bytes;
        bool more = i < ENTRIES_MAX && (i == 0 || json_put_text(j, ", "));
        size_t start = j->bytes;
        if (more && put_value(j, values_element(o, i), depth + 1)) {
            if (py_is(values_element(o, i), py.PyUnicode_Type))
                redact_text(j->text + start, j->bytes - start);
            continue;
        }
        j->bytes = before;
        j->cut = true;
        fits = json_put_text(j, i == 0 ? "\"...\"" : ", \"...\"");
        break;
    }
    return fits && json_put_text(j, "]");
}

/* A key that is no string is written as one if it is a number. */
static __attribute__((noinline)) bool put_key(struct py_json *j, PyObject *key)
{
    if (py_is(key, py.PyUnicode_Type))
        return json_put_string(j, key);
    return py_is(key, py.PyLong_Type) && json_put_text(j, "\"") && json_put_whole(j, key) &&
           json_put_text(j, "\"");
}

/* Whatever else a rule asks for, this is text that nobody wants on disk. */
static __attribute__((noinline)) bool is_text_of_others(PyObject *key)
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
    if ((!first && !json_put_text(j, ", ")) || !put_key(j, key) || !json_put_text(j, ": ") ||
        !put_value(j, value, depth + 1))
        return false;
    if (py_is(value, py.PyUnicode_Type))
        redact_text(j->text + start, j->bytes - start);
    return true;
}

static __attribute__((noinline)) bool put_dict(struct py_json *j, PyObject *o, int depth)
{
    PyObject *key, *value;
    long at = 0;
    bool fits = json_put_text(j, "{"), first = true;
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
        fits = json_put_text(j, first ? "\"...\": true" : ", \"...\": true");
        break;
    }
    return fits && json_put_text(j, "}");
}

/* ---- objects ---- */

bool values_type_has(PyObject *o, const char *name)
{
    PyObject *key = py.PyUnicode_InternFromString(name);
    bool has = key && py._PyType_Lookup(py_type(o), key);
    py_drop(key);
    return has;
}

struct path_text {
    char text[PATH_MAX_BYTES];
};

static __attribute__((noinline)) bool put_path(struct py_json *j, PyObject *o)
{
    SCRATCH_WITHIN(struct path_text, path);
    size_t n = path ? py_path_text(o, path->text, sizeof path->text) : 0;
    return n > 0 && json_put_quoted(j, path->text, n);
}

/* What a dataclass's instance holds itself. */
static __attribute__((noinline)) bool put_dataclass(struct py_json *j, PyObject *o, int depth)
{
    PyObject *dict = values_type_has(o, "__dataclass_fields__") ? py.PyObject_GenericGetDict(o, NULL) : NULL;
    bool fits = dict && py_is(dict, py.PyDict_Type) && put_dict(j, dict, depth);
    if (!dict)
        py.PyErr_Clear();
    py_drop(dict);
    return fits;
}

/* An Enum's member holds what it stands for. */
static __attribute__((noinline)) bool put_member(struct py_json *j, PyObject *o, int depth)
{
    bool is_enum = values_type_has(o, "_member_map_");
    PyObject *value = is_enum ? py_attribute(o, "_value_") : NULL;
    bool fits = value && put_value(j, value, depth + 1);
    py_drop(value);
    return fits;
}

/* ---- all of them ---- */

static bool put_none(struct py_json *j, PyObject *o)
{
    (void)o;
    return json_put_text(j, "null");
}

static bool put_truth(struct py_json *j, PyObject *o)
{
    return json_put_text(j, o == py._Py_TrueStruct ? "true" : "false");
}

/* Of what holds nothing else; NULL: it is none of these. Called by who keeps little on the stack, for values
 * lie in values. */
static bool (*writer_of(PyObject *o))(struct py_json *, PyObject *)
{
    if (o == py._Py_NoneStruct)
        return put_none;
    if (py_type(o) == py.PyBool_Type)
        return put_truth;
    if (py_is(o, py.PyLong_Type))
        return json_put_whole;
    if (py_is(o, py.PyFloat_Type))
        return json_put_float;
    return py_is(o, py.PyUnicode_Type) ? json_put_string : NULL;
}

static bool put_value(struct py_json *j, PyObject *o, int depth)
{
    if (depth > DEPTH_MAX || !o || j->frame - THIS_FRAME > STACK_MOST)
        return false;
    bool (*put)(struct py_json *, PyObject *) = writer_of(o);
    if (put)
        return put(j, o);
    if (py_is(o, py.PyDict_Type))
        return put_dict(j, o, depth);
    if (py_is(o, py.PyList_Type) || py_is(o, py.PyTuple_Type))
        return put_row(j, o, depth);
    return put_path(j, o) || put_member(j, o, depth) || put_dataclass(j, o, depth);
}

void py_json_put(struct py_json *j, const char *name, PyObject *value)
{
    size_t before = j->bytes;
    j->frame = THIS_FRAME;
    if ((before == 1 || json_put_text(j, ", ")) && json_put_quoted(j, name, strlen(name)) &&
        json_put_text(j, ": ")) {
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
