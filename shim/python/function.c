/* See python/function.h. */
#include "python/function.h"

#include "python/call.h"
#include "python/type.h"

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

#define TYPE_BYTES (51 * sizeof(void *)) /* of 3.11 */
/* Of a type's flags: its version is given out. */
#define VERSION_IS_VALID (1ul << 19)

static void set_slot(enum type_slot slot, void *value) { *type_slot((PyObject *)clone, slot) = value; }

static bool make_clone(void)
{
    if (*type_slot((PyObject *)clone, TYPE_NAME))
        return true;
    PyObject *dict = py.PyDict_New();
    PyObject *method = py.PyDescr_NewMethod(py.PyFunction_Type, &reduce_method);
    PyObject *bases = py.PyTuple_Pack(1, py.PyFunction_Type);
    PyObject *mro = py.PyTuple_Pack(3, (PyObject *)clone, py.PyFunction_Type, py.PyBaseObject_Type);
    if (!dict || !method || !bases || !mro ||
        *type_slot(py.PyFunction_Type, TYPE_BASE) != (void *)py.PyBaseObject_Type ||
        py.PyDict_SetItemString(dict, "__reduce_ex__", method) < 0) {
        py.PyErr_Clear();
        return false;
    }
    uintptr_t flags = (uintptr_t)*type_slot(py.PyFunction_Type, TYPE_FLAGS);
    memcpy(clone, py.PyFunction_Type, TYPE_BYTES);
    set_slot(TYPE_BASE, py.PyFunction_Type);
    set_slot(TYPE_DICT, dict);
    set_slot(TYPE_BASES, bases);
    set_slot(TYPE_MRO, mro);
    set_slot(TYPE_FLAGS, (void *)(flags & ~VERSION_IS_VALID));
    memset(type_slot((PyObject *)clone, TYPE_VERSION), 0, 4);
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
