/* See python/find.h. */
#include "python/find.h"

#include "python/builtin.h"
#include "python/function.h"
#include "python/watch.h"

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

static int patch_module(PyObject *dict)
{
    struct watched *w;
    int missing = 0;
    for (uint32_t at = 0; (w = watch_next(&at));)
        if (w->kind != WATCH_CLASS && w->top)
            missing += !patch_in(py.PyDict_GetItemString(dict, w->own_name), w);
    return missing;
}

/* A module has run: its code is given up. Which one it was does not matter. */
static void on_module_end(void *unused)
{
    (void)unused;
    struct py_error e = py_error_take();
    PyObject *modules = py.PyImport_GetModuleDict(), *name, *module;
    long at = 0;
    while (modules && py.PyDict_Next(modules, &at, &name, &module))
        if (py_type(module) == py.PyModule_Type)
            patch_module(py.PyModule_GetDict(module));
    py_error_give(e);
}

/* The script itself runs to the program's end, so what it defines is looked for between its steps, for a
 * while. */
#define LOOKS_MAX 4000
static int looks; /* of one thread: the main one */

static int on_pending(void *unused)
{
    (void)unused;
    struct py_error e = py_error_take();
    PyObject *modules = py.PyImport_GetModuleDict();
    PyObject *main = modules ? py.PyDict_GetItemString(modules, "__main__") : NULL;
    int missing = main && py_type(main) == py.PyModule_Type ? patch_module(py.PyModule_GetDict(main)) : 1;
    if (missing > 0 && looks++ < LOOKS_MAX)
        py.Py_AddPendingCall(on_pending, NULL);
    py_error_give(e);
    return 0;
}

void find_expect(PyObject *code, int top)
{
    static long index = -1;
    if (!real_build_class) {
        PyObject *builtins = py.PyEval_GetBuiltins();
        PyObject *builtin = builtins ? py.PyDict_GetItemString(builtins, "__build_class__") : NULL;
        real_build_class = builtin ? py.PyCFunction_GetFunction(builtin) : NULL;
        if (real_build_class && !builtin_exchange(builtin, (void *)build_class))
            real_build_class = NULL;
    }
    if (top == 0)
        return;
    if (index < 0)
        index = py._PyEval_RequestCodeExtraIndex(on_module_end);
    if (index >= 0 && py._PyCode_SetExtra(code, index, &index) < 0)
        py.PyErr_Clear();
    looks = 0;
    py.Py_AddPendingCall(on_pending, NULL);
}
