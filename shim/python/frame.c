/* See python/frame.h. */
#include "python/frame.h"

#include "python/type.h"

#include <string.h>

/* PyFrameObject: behind its head, which holds a size. */
enum { BACK = 0, CODE = 1, GLOBALS = 3 };
#define GENERATOR_3_9  9 /* words behind the head; what ran last follows */
#define GENERATOR_3_10 8

/* _PyInterpreterFrame of 3.11, which is no object. */
enum { INNER_GLOBALS = 1, INNER_CODE = 4, INNER_LOCALS = 9 };
#define INNER_OWNER 69 /* a byte; 0: a thread, 1: a generator, which has begun before */

static struct frame of_object(PyObject *object)
{
    void **words = (void **)((char *)object + py.head_bytes) + 1;
    void **generator = words + (py.minor == 9 ? GENERATOR_3_9 : GENERATOR_3_10);
    size_t bytes = (size_t)*type_slot(py.PyFrame_Type, TYPE_BASIC_SIZE);
    if (py_type(object) != py.PyFrame_Type)
        return (struct frame){0};
    return (struct frame){.code = words[CODE],
                          .globals = words[GLOBALS],
                          .locals = (PyObject **)((char *)object + bytes) - 1,
                          .generator = generator[0],
                          .fresh = *(int *)&generator[1] < 0};
}

struct frame frame_of(void *frame)
{
    struct frame f = {0};
    void **words = frame;
    if (py.minor < 11)
        f = of_object(frame);
    else
        f = (struct frame){.code = words[INNER_CODE],
                           .globals = words[INNER_GLOBALS],
                           .locals = (PyObject **)&words[INNER_LOCALS],
                           .fresh = ((char *)frame)[INNER_OWNER] == 0};
    if (!f.code || !f.globals || py_type(f.code) != py.PyCode_Type || !py_is(f.globals, py.PyDict_Type))
        f.code = NULL;
    return f;
}

PyObject *frame_cell(const struct frame *f, const char *name)
{
    char text[256];
    PyObject *names = py_attribute(f->code, "co_cellvars"), *value = NULL;
    long n = names ? py.PyTuple_Size(names) : 0, locals = py_number(f->code, "co_nlocals");
    for (long i = 0; i < n && !value; i++) {
        py_text(py.PyTuple_GetItem(names, i), text, sizeof text, NULL);
        value = strcmp(text, name) == 0 ? py.PyCell_Get(f->locals[locals + i]) : NULL;
    }
    py_drop(value); /* the cell holds it */
    py_drop(names);
    return value;
}
