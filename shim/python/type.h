/* The slots of a type, as PyTypeObject has had them since 3.8 (its head, a size, then these). */
#ifndef SHIM_PYTHON_TYPE_H
#define SHIM_PYTHON_TYPE_H

#include "python/api.h"

enum type_slot {
    TYPE_NAME = 0,
    TYPE_BASIC_SIZE = 1,
    TYPE_DEALLOC = 3,
    TYPE_ASYNC = 7,
    TYPE_FLAGS = 18,
    TYPE_ITERNEXT = 25,
    TYPE_METHODS = 26,
    TYPE_BASE = 29,
    TYPE_DICT = 30,
    TYPE_BASES = 39,
    TYPE_MRO = 40,
    TYPE_VERSION = 45
};

static inline void **type_slot(PyObject *type, enum type_slot slot)
{
    return (void **)((char *)type + py.head_bytes) + 1 + slot;
}

typedef void (*py_dealloc)(PyObject *);

#endif
