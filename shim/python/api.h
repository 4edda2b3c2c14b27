/* CPython without its headers: its functions and types, found by name in the program or its libpython.
 *
 * Whatever takes or gives an object runs in a thread that holds the interpreter's lock. None of it lets code
 * of the program run: attributes are read where they lie, and what could call back is not called. */
#ifndef SHIM_PYTHON_API_H
#define SHIM_PYTHON_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

typedef struct py_object PyObject;
typedef PyObject *(*py_vectorcall)(PyObject *, PyObject *const *, size_t, PyObject *);
/* What runs a frame (PEP 523): the thread's state, the frame, whether an exception is thrown into it. */
typedef PyObject *(*py_evaluate)(void *, void *, int);

/* PyMethodDef, and two of its flags. */
struct py_method {
    const char *name;
    void *function;
    int flags;
    const char *doc;
};
#define PY_METHOD_ONE 0x8

/* PyMemAllocatorEx. */
struct py_allocator {
    void *context;
    void *(*malloc)(void *, size_t);
    void *(*calloc)(void *, size_t, size_t);
    void *(*realloc)(void *, void *, size_t);
    void (*free)(void *, void *);
};
#define PY_MEMORY_RAW 0

/* Flags of code objects. */
#define PY_CODE_FUNCTION  0x1 /* not a class body or a module */
#define PY_CODE_ARGS      0x4
#define PY_CODE_KWARGS    0x8
#define PY_CODE_GENERATOR 0x20
#define PY_CODE_SUSPENDS  (0x20 | 0x80 | 0x200) /* generator, coroutine, asynchronous generator */

struct python {
    int minor;         /* of 3.minor */
    size_t code_word;  /* of a function object: its code's place; 0: the interpreter is asked */
    size_t head_bytes; /* of an object: the last word of it is its type; 0: not known yet */
#define PY_CALL(result, name, parameters)    result(*name) parameters;
#define PY_CALL_IF(result, name, parameters) result(*name) parameters;
#define PY_DATA(name)                        PyObject *name;
#include "python/api.def"
#undef PY_CALL
#undef PY_CALL_IF
#undef PY_DATA
};

extern struct python py;

/* Whether the interpreter has begun to end: from then on nothing is recorded of what runs in it, and nothing
 * of ours stays in its types. Of a subinterpreter that ends it is not known: what is called in one must never
 * be fatal, as PyImport_GetModuleDict is where the modules are gone. */
bool py_ends(void);

/* The names of a loaded module, borrowed; NULL: it is not loaded, or there are no modules any more. */
PyObject *py_module_names(const char *module);

/* Before main. False: this process is no CPython, or one that is not known. */
bool python_find(void);

/* What can be asked only once there are objects. False: this is an unknown layout. */
bool python_measure(void);

static inline PyObject *py_type(PyObject *o)
{
    return *(PyObject **)((char *)o + py.head_bytes - sizeof(void *));
}

static inline bool py_is(PyObject *o, PyObject *type)
{
    return o && (py_type(o) == type || py.PyType_IsSubtype(py_type(o), type));
}

static inline bool py_is_none(PyObject *o) { return !o || o == py._Py_NoneStruct; }

static inline void py_drop(PyObject *o)
{
    if (o)
        py.Py_DecRef(o);
}

/* The program's pending exception, out of the way while we ask for things. */
struct py_error {
    PyObject *type, *value, *traceback;
};
static inline struct py_error py_error_take(void)
{
    struct py_error e = {NULL, NULL, NULL};
    py.PyErr_Fetch(&e.type, &e.value, &e.traceback);
    return e;
}
static inline void py_error_give(struct py_error e) { py.PyErr_Restore(e.type, e.value, e.traceback); }

/* Of a function object, borrowed, NULL: none; of one whose type is a copy, too. Asked for as attributes these
 * would be told to the program's audit hooks. */
PyObject *py_code_of(PyObject *function);
PyObject *py_defaults_of(PyObject *function);
PyObject *py_keyword_defaults_of(PyObject *function);
PyObject *py_closure_of(PyObject *function);

/* Where a traceback's step is: *code is a new reference; false: not to be told. */
bool py_traceback_place(PyObject *traceback, PyObject **code, long *line);

/* A string's text as UTF-8, ended by NUL; returns its length, 0 where it is no string. What does not fit is
 * cut between two characters; *cut then tells, if it is given. */
size_t py_text(PyObject *string, char *out, size_t room, bool *cut);

/* An attribute that the object itself holds, or that C code of the interpreter keeps in it; a new reference,
 * NULL: none. */
PyObject *py_attribute(PyObject *o, const char *name);

/* The value of a string key of a dict; borrowed, NULL: none. Compares text, calls nothing. */
PyObject *py_dict_find(PyObject *dict, const char *key);

/* An attribute that is a whole number, else -1. */
long py_number(PyObject *o, const char *name);

#endif
