/* Finding CPython, and what its functions and tracebacks hold. */
#include "python/api.h"

#include "hook.h"

#include <stdlib.h>
#include <string.h>

#define OLDEST_MINOR 9

struct python py;

/* In the order of struct python's members. */
static const struct hook_wanted wanted[] = {
#define PY_CALL(result, name, parameters)    {#name, false},
#define PY_CALL_IF(result, name, parameters) {#name, false},
#define PY_DATA(name)                        {#name, true},
#include "python/api.def"
#undef PY_CALL
#undef PY_CALL_IF
#undef PY_DATA
};
#define WANTED (sizeof wanted / sizeof *wanted)
_Static_assert(sizeof py - offsetof(struct python, Py_GetVersion) == WANTED * sizeof(void *),
               "a pointer each, in a row");

static const bool may_lack[] = {
#define PY_CALL(result, name, parameters)    false,
#define PY_CALL_IF(result, name, parameters) true,
#define PY_DATA(name)                        false,
#include "python/api.def"
#undef PY_CALL
#undef PY_CALL_IF
#undef PY_DATA
};

static const struct link_map *find_interpreter(void)
{
    const struct link_map *map = hook_first_link_map();
    while (map && !hook_find_in(map, "PySys_AddAuditHook"))
        map = map->l_next;
    return map;
}

bool python_find(void)
{
    void *found[WANTED];
    const struct link_map *interpreter = find_interpreter();
    if (likely(!interpreter))
        return false;
    hook_find_row(interpreter, wanted, WANTED, found);
    for (size_t i = 0; i < WANTED; i++)
        if (!found[i] && !may_lack[i])
            return false;
    memcpy((char *)&py + offsetof(struct python, Py_GetVersion), found, sizeof found);
    const char *version = py.Py_GetVersion();
    py.minor = strncmp(version, "3.", 2) == 0 ? atoi(version + 2) : 0;
    return py.minor >= OLDEST_MINOR;
}

/* How large an object is that holds nothing is asked for by name, so the layout of types need not be known.
 */
bool python_measure(void)
{
    if (py.head_bytes)
        return true;
    PyObject *size = py.PyObject_GetAttrString(py.PyBaseObject_Type, "__basicsize__");
    long bytes = size ? py.PyLong_AsLong(size) : 0;
    py_drop(size);
    if (bytes < 16 || bytes > 64 || *(PyObject **)((char *)py._Py_NoneStruct + bytes - 8) == NULL)
        return false;
    py.head_bytes = (size_t)bytes;
    return py_type(py.PyBaseObject_Type) == py.PyType_Type;
}

bool py_ends(void)
{
    return (py.Py_IsFinalizing && py.Py_IsFinalizing()) || (py._Py_IsFinalizing && py._Py_IsFinalizing());
}

PyObject *py_module_names(const char *name)
{
    PyObject *modules = py.PySys_GetObject("modules");
    PyObject *module =
        modules && py_is(modules, py.PyDict_Type) ? py.PyDict_GetItemString(modules, name) : NULL;
    return module && py_type(module) == py.PyModule_Type ? py.PyModule_GetDict(module) : NULL;
}

PyObject *py_code_of(PyObject *function)
{
    return py.code_word ? ((PyObject **)function)[py.code_word] : py.PyFunction_GetCode(function);
}

/* The interpreter's own function wants the type itself; nobody else runs meanwhile. */
static PyObject *ask(PyObject *(*of)(PyObject *), PyObject *function)
{
    PyObject **type = (PyObject **)((char *)function + py.head_bytes - sizeof(void *)), *kept = *type;
    if (kept == py.PyFunction_Type)
        return of(function);
    *type = py.PyFunction_Type;
    PyObject *found = of(function);
    *type = kept;
    return found;
}

PyObject *py_defaults_of(PyObject *function) { return ask(py.PyFunction_GetDefaults, function); }
PyObject *py_keyword_defaults_of(PyObject *function) { return ask(py.PyFunction_GetKwDefaults, function); }
PyObject *py_closure_of(PyObject *function) { return ask(py.PyFunction_GetClosure, function); }

bool py_traceback_place(PyObject *traceback, PyObject **code, long *line)
{
    PyObject **words = (PyObject **)((char *)traceback + py.head_bytes); /* the next one, the frame */
    if (py_type(traceback) != py.PyTraceBack_Type || !words[1] || py_type(words[1]) != py.PyFrame_Type)
        return false;
    *code = py.PyFrame_GetCode(words[1]);
    *line = py_number(traceback, "tb_lineno");
    return true;
}
