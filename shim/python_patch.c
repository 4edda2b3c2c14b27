/* See python_patch.h. */
#include "python_patch.h"

#include "memory.h"
#include "python_call.h"
#include "python_watch.h"
#include "raw.h"

#include <string.h>

#define FIRST_WITH_WATCHERS 12
#define INTERPRETERS        64
#define FUNCTION_WORDS      32 /* of a function object that are looked at */

/* ---- one function, from 3.12 on ---- */

#define UNSETTLED 64u
static PyObject *unsettled[UNSETTLED]; /* atomic; not held: a function that ends is taken out */
static uint32_t unsettled_count;       /* atomic: whether to look at all */

static bool unsettled_replace(PyObject *old, PyObject *new)
{
    for (uint32_t i = 0; i < UNSETTLED; i++) {
        PyObject *there = old;
        if (__atomic_load_n(&unsettled[i], __ATOMIC_RELAXED) == old &&
            __atomic_compare_exchange_n(&unsettled[i], &there, new, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED)) {
            __atomic_fetch_add(&unsettled_count, new ? 1u : -1u, __ATOMIC_RELAXED);
            return true;
        }
    }
    return false;
}

/* The interpreter numbers a function after it told us of it, and short cuts go by that number: saying how it
 * is called once more takes the number away. */
void patch_settle(PyObject *function)
{
    if (unlikely(__atomic_load_n(&unsettled_count, __ATOMIC_RELAXED) != 0) &&
        unsettled_replace(function, NULL))
        py.PyFunction_SetVectorcall(function, call_watched);
}

void patch_settle_all(void)
{
    if (likely(__atomic_load_n(&unsettled_count, __ATOMIC_RELAXED) == 0))
        return;
    for (uint32_t i = 0; i < UNSETTLED; i++) {
        PyObject *function = __atomic_exchange_n(&unsettled[i], NULL, __ATOMIC_ACQ_REL);
        if (function) {
            __atomic_fetch_sub(&unsettled_count, 1, __ATOMIC_RELAXED);
            py.PyFunction_SetVectorcall(function, call_watched);
        }
    }
}

enum { FUNCTION_MADE = 0, FUNCTION_ENDS = 1 };

static int on_function(int event, PyObject *function, PyObject *unused)
{
    (void)unused;
    if (event == FUNCTION_ENDS && __atomic_load_n(&unsettled_count, __ATOMIC_RELAXED) != 0)
        unsettled_replace(function, NULL);
    if (event != FUNCTION_MADE)
        return 0;
    patch_settle_all();
    PyObject *code = py.PyFunction_GetCode(function);
    const struct watched *w = watch_find(code);
    if (w && w->kind != WATCH_CLASS && watch_is_same(w, code)) {
        if (!call_real)
            call_real = py.PyVectorcall_Function(function);
        py.PyFunction_SetVectorcall(function, call_watched);
        unsettled_replace(NULL, function);
    }
    return 0;
}

/* ---- one function, before ---- */

static char clone[512] __attribute__((aligned(16))); /* of the type of functions */

static py_vectorcall *word_of_call(PyObject *function)
{
    void **words = (void **)function;
    for (size_t i = py.head_bytes / sizeof(void *); i < FUNCTION_WORDS; i++)
        if (words[i] == (void *)py._PyFunction_Vectorcall)
            return (py_vectorcall *)&words[i];
    return NULL;
}

/* Pickled by name, as functions are. */
static PyObject *reduce(PyObject *function, PyObject *protocol)
{
    (void)protocol;
    return py.PyObject_GetAttrString(function, "__qualname__");
}

static const struct py_method reduce_method = {"__reduce_ex__", (void *)reduce, PY_METHOD_ONE, NULL};

/* PyTypeObject of 3.11, in words; its flags; what marks a type whose version is given out. */
enum {
    TYPE_WORDS = 51,
    TYPE_FLAGS = 21,
    TYPE_BASE = 32,
    TYPE_DICT = 33,
    TYPE_BASES = 42,
    TYPE_MRO = 43,
    TYPE_VERSION = 48
};
#define VERSION_IS_VALID (1ul << 19)

static bool make_clone(void)
{
    void **words = (void **)clone;
    if (words[1])
        return true;
    void **original = (void **)py.PyFunction_Type;
    PyObject *dict = py.PyDict_New();
    PyObject *method = py.PyDescr_NewMethod(py.PyFunction_Type, &reduce_method);
    PyObject *bases = py.PyTuple_Pack(1, py.PyFunction_Type);
    PyObject *mro = py.PyTuple_Pack(3, (PyObject *)clone, py.PyFunction_Type, py.PyBaseObject_Type);
    if (!dict || !method || !bases || !mro || original[TYPE_BASE] != (void *)py.PyBaseObject_Type ||
        py.PyDict_SetItemString(dict, "__reduce_ex__", method) < 0) {
        py.PyErr_Clear();
        return false;
    }
    memcpy(words, original, TYPE_WORDS * sizeof *words);
    words[TYPE_BASE] = py.PyFunction_Type;
    words[TYPE_DICT] = dict;
    words[TYPE_BASES] = bases;
    words[TYPE_MRO] = mro;
    words[TYPE_FLAGS] = (void *)((uintptr_t)words[TYPE_FLAGS] & ~VERSION_IS_VALID);
    memset(&words[TYPE_VERSION], 0, 4);
    return true;
}

/* PyFunction_GetCode wants the type itself. */
static bool find_code_word(PyObject *function)
{
    PyObject *code = py.PyFunction_GetCode(function);
    for (size_t i = 2; i < FUNCTION_WORDS / 2 && !py.code_word; i++)
        py.code_word = ((PyObject **)function)[i] == code ? i : 0;
    return py.code_word;
}

static void patch_function(PyObject *function)
{
    py_vectorcall *word = word_of_call(function);
    if (py_type(function) != py.PyFunction_Type || !word || (py.minor == 11 && !find_code_word(function)) ||
        (py.minor == 11 && (py.head_bytes != 16 || !make_clone())))
        return;
    call_real = py._PyFunction_Vectorcall;
    *word = call_watched;
    if (py.minor == 11)
        ((void **)function)[1] = clone;
}

void patch_undo(PyObject *function)
{
    if (py.minor >= FIRST_WITH_WATCHERS) {
        py.PyFunction_SetVectorcall(function, call_real);
    } else if (py_type(function) == (PyObject *)clone) {
        ((void **)function)[1] = py.PyFunction_Type;
    }
}

/* ---- finding functions, before 3.12 ---- */

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
    if (py_type(o) == py.PyFunction_Type || py_type(o) == (PyObject *)clone)
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
        patch_function(function);
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

void *patch_builtin(PyObject *builtin, void *instead)
{
    struct py_method *method;
    if (!builtin || py_type(builtin) != py.PyCFunction_Type)
        return NULL;
    method = *(struct py_method **)((char *)builtin + py.head_bytes);
    if (py.PyCFunction_GetFunction(builtin) != method->function)
        return NULL;
    void *before = method->function;
    __atomic_store_n(&method->function, instead, __ATOMIC_RELEASE);
    return before;
}

/* PyGetSetDef, and its place in a descriptor: behind the type, the name and the qualified name. */
struct getter {
    const char *name;
    void *get;
};
#define GETTER_WORD 3

void *patch_getter(PyObject *type, const char *attribute, void *instead)
{
    PyObject *key = py.PyUnicode_InternFromString(attribute);
    PyObject *descriptor = key ? py._PyType_Lookup(type, key) : NULL;
    py_drop(key);
    if (!descriptor || py_type(descriptor) != py.PyGetSetDescr_Type)
        return NULL;
    void **words = (void **)((char *)descriptor + py.head_bytes);
    struct getter *getter = words[GETTER_WORD];
    if (words[0] != (void *)type || strcmp(getter->name, attribute) != 0)
        return NULL;
    void *before = getter->get;
    __atomic_store_n(&getter->get, instead, __ATOMIC_RELEASE);
    return before;
}

static void expect_before_12(PyObject *code, int top)
{
    static long index = -1;
    if (!real_build_class) {
        PyObject *builtins = py.PyEval_GetBuiltins();
        PyObject *builtin = builtins ? py.PyDict_GetItemString(builtins, "__build_class__") : NULL;
        real_build_class = builtin ? py.PyCFunction_GetFunction(builtin) : NULL;
        if (real_build_class && !patch_builtin(builtin, (void *)build_class))
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

/* ---- both ---- */

static long long known[INTERPRETERS]; /* id + 1 of those that tell us of their functions; atomic */

/* False: it was entered before, or there is no room. */
static bool enter_interpreter(void)
{
    long long id = py.PyInterpreterState_GetID(py.PyInterpreterState_Get()) + 1;
    for (int i = 0; i < INTERPRETERS; i++) {
        long long there = 0;
        if (__atomic_compare_exchange_n(&known[i], &there, id, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return true;
        if (there == id)
            return false;
    }
    return false;
}

void patch_expect(PyObject *code, int top)
{
    if (py.minor < FIRST_WITH_WATCHERS)
        expect_before_12(code, top);
    else if (py.PyFunction_AddWatcher && py.PyFunction_SetVectorcall && py.PyVectorcall_Function &&
             enter_interpreter() && py.PyFunction_AddWatcher(on_function) < 0)
        py.PyErr_Clear();
}
