/* See python/find.h. */
#include "python/find.h"

#include "python/builtin.h"
#include "python/function.h"
#include "python/toplevel.h"
#include "python/watch.h"

#include <string.h>

#define WRAPPERS_MAX 4 /* around each other */

static PyObject *unwrap(PyObject *o, PyObject *code, int depth);

/* A decorator's function keeps the one it stands for in a cell. */
static PyObject *unwrap_closure(PyObject *function, PyObject *code, int depth)
{
    PyObject *cells = py_closure_of(function), *found = NULL;
    long n = cells && py_is(cells, py.PyTuple_Type) ? py.PyTuple_Size(cells) : 0;
    for (long i = 0; i < n && !found; i++) {
        PyObject *inner = py.PyCell_Get(py.PyTuple_GetItem(cells, i));
        if (!inner)
            py.PyErr_Clear();
        found = inner ? unwrap(inner, code, depth + 1) : NULL;
        py_drop(inner);
    }
    return found;
}

static const char *wrapped_name(PyObject *type)
{
    if (type == py.PyStaticMethod_Type || type == py.PyClassMethod_Type)
        return "__func__";
    return type == py.PyProperty_Type ? "fget" : NULL;
}

/* Borrowed: something else holds it. */
static PyObject *unwrap(PyObject *o, PyObject *code, int depth)
{
    if (depth == WRAPPERS_MAX)
        return NULL;
    if (function_is_type(py_type(o)))
        return py_code_of(o) == code ? o : unwrap_closure(o, code, depth);
    const char *name = wrapped_name(py_type(o));
    PyObject *inner = name ? py_attribute(o, name) : NULL;
    PyObject *found = inner ? unwrap(inner, code, depth + 1) : NULL;
    py_drop(inner);
    return found;
}

static bool patch_in(PyObject *holder, const struct watched *w)
{
    PyObject *function = holder ? unwrap(holder, w->code, 0) : NULL;
    if (function)
        function_patch(function);
    return function;
}

static void patch_class(PyObject *class, PyObject *body)
{
    PyObject *constants = py_attribute(body, "co_consts");
    long n = constants ? py.PyTuple_Size(constants) : 0;
    for (long i = 0; i < n; i++) {
        PyObject *code = py.PyTuple_GetItem(constants, i);
        const struct watched *w = watch_find(code);
        PyObject *name = w ? py_attribute(code, "co_name") : NULL;
        if (name)
            patch_in(py._PyType_Lookup(class, name), w);
        py_drop(name);
    }
    py_drop(constants);
}

static PyObject *(*real_build_class)(PyObject *, PyObject *const *, long, PyObject *);

static PyObject *build_class(PyObject *module, PyObject *const *args, long count, PyObject *names)
{
    PyObject *class = real_build_class(module, args, count, names);
    if (class && count > 0 && py_type(args[0]) == py.PyFunction_Type && py_is(class, py.PyType_Type)) {
        PyObject *body = py.PyFunction_GetCode(args[0]);
        const struct watched *w = watch_find(body);
        if (w && w->kind == WATCH_CLASS)
            patch_class(class, body);
    }
    return class;
}

int find_in(PyObject *dict, const char *file)
{
    int missing = 0;
    for (struct watched *w = watch_latest(); w; w = w->before) {
        if (!w->top || w->met || strcmp(w->name.file, file) != 0)
            continue;
        w->met = patch_in(py.PyDict_GetItemString(dict, w->own_name), w);
        missing += !w->met;
    }
    return missing;
}

static void exchange_build_class(void)
{
    PyObject *builtins = real_build_class ? NULL : py.PyEval_GetBuiltins();
    PyObject *builtin = builtins ? py.PyDict_GetItemString(builtins, "__build_class__") : NULL;
    if (!builtin)
        return;
    real_build_class = py.PyCFunction_GetFunction(builtin);
    if (real_build_class && !builtin_exchange(builtin, (void *)build_class))
        real_build_class = NULL;
}

void find_expect(PyObject *code, const struct watch_found *found)
{
    if (found->functions > found->outside)
        exchange_build_class();
    if (found->outside > 0)
        toplevel_expect(code, found->file);
}
