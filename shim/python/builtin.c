/* See python/builtin.h. */
#include "python/builtin.h"

#include <string.h>

PyObject *builtin_named(const char *module, const char *name)
{
    PyObject *names = py_module_names(module);
    return names ? py.PyDict_GetItemString(names, name) : NULL;
}

void *builtin_exchange(PyObject *builtin, void *instead)
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

void *builtin_exchange_getter(PyObject *type, const char *attribute, void *instead)
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
