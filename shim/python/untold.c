/* See python/untold.h. */
#include "python/untold.h"

#include "python/audit.h"
#include "python/builtin.h"

/* However many arguments a function of the interpreter's takes, there are no more than these, all in
 * registers. */
typedef PyObject *(*any_call)(void *, void *, void *, void *);

/* X(name of ours, module, function) */
#define UNTOLD(X)                                                                                            \
    X(loads, "marshal", "loads") /* each is told with a copy of the module's file */                         \
    X(getframe, "sys", "_getframe")                                                                          \
    X(getframe_name, "sys", "_getframemodulename")

#define DEFINE(ours, module, function)                                                                       \
    static any_call real_##ours;                                                                             \
    static PyObject *ours##_untold(void *a, void *b, void *c, void *d)                                       \
    {                                                                                                        \
        audit_rest();                                                                                        \
        PyObject *result = real_##ours(a, b, c, d);                                                          \
        audit_wake();                                                                                        \
        return result;                                                                                       \
    }
UNTOLD(DEFINE)

static const struct {
    const char *module, *function;
    any_call instead, *real;
} untold[] = {
#define ROW(ours, module, function) {module, function, ours##_untold, &real_##ours},
    UNTOLD(ROW)
#undef ROW
};
#define UNTOLD_COUNT (sizeof untold / sizeof *untold)

/* id(), which needs nothing of the interpreter's own. */
static PyObject *(*real_id)(PyObject *, PyObject *);

static PyObject *id_untold(PyObject *module, PyObject *object)
{
    (void)module;
    return py.PyLong_FromVoidPtr(object);
}

/* frame.f_code, which logging asks for several times a line. */
static PyObject *(*real_frame_code)(PyObject *, void *);

static PyObject *frame_code_untold(PyObject *frame, void *unused)
{
    (void)unused;
    return py.PyFrame_GetCode(frame);
}

void untold_begin(void)
{
    real_id = builtin_exchange(builtin_named("builtins", "id"), (void *)id_untold);
    real_frame_code = builtin_exchange_getter(py.PyFrame_Type, "f_code", (void *)frame_code_untold);
    for (size_t i = 0; i < UNTOLD_COUNT && audit_can_rest(); i++)
        *untold[i].real = (any_call)builtin_exchange(builtin_named(untold[i].module, untold[i].function),
                                                     (void *)untold[i].instead);
}

/* Who is within one of them still needs to know what is real. */
void untold_end(void)
{
    for (size_t i = 0; i < UNTOLD_COUNT; i++)
        if (*untold[i].real)
            builtin_exchange(builtin_named(untold[i].module, untold[i].function), (void *)*untold[i].real);
    if (real_id)
        builtin_exchange(builtin_named("builtins", "id"), (void *)real_id);
    if (real_frame_code)
        builtin_exchange_getter(py.PyFrame_Type, "f_code", (void *)real_frame_code);
    real_id = NULL;
    real_frame_code = NULL;
}
