/* See python/function.h. */
#include "python/function.h"

#include "python/call.h"

#include <string.h>

#define FUNCTION_WORDS 32 /* of a function object that are looked at */

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

void function_patch(PyObject *function)
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

bool function_is_type(PyObject *type) { return type == py.PyFunction_Type || type == (PyObject *)clone; }

void function_undo(PyObject *function)
{
    if (py_type(function) == (PyObject *)clone)
        ((void **)function)[1] = py.PyFunction_Type;
}
