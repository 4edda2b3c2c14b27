/* See python/untold.h. */
#include "python/untold.h"

#include "python/builtin.h"
#include "python/errors.h"
#include "shim.h"
#include "spans.h"

/* ---- threads: their uncaught exceptions end in a function of C's ---- */

static PyObject *(*real_thread_hook)(PyObject *, PyObject *);

/* args: (type, value, traceback, thread). Of SystemExit a thread may end. */
static PyObject *thread_hook(PyObject *module, PyObject *args)
{
    if (shim_on() && py_is(args, py.PyTuple_Type) && py.PyTuple_Size(args) >= 3 &&
        py.PyTuple_GetItem(args, 0) != *(PyObject **)py.PyExc_SystemExit)
        errors_tell(VL_RAISE_UNCAUGHT, span_current(0), py.PyTuple_GetItem(args, 0),
                    py.PyTuple_GetItem(args, 1), py.PyTuple_GetItem(args, 2));
    return real_thread_hook(module, args);
}

/* id() tells every audit hook of each object that it is asked for; while ours is the only one nobody needs
 * that. */
static PyObject *(*real_id)(PyObject *, PyObject *);

static PyObject *id_untold(PyObject *module, PyObject *object)
{
    (void)module;
    return py.PyLong_FromVoidPtr(object);
}

/* The same of frame.f_code, which logging asks for several times a line. */
static PyObject *(*real_frame_code)(PyObject *, void *);

static PyObject *frame_code_untold(PyObject *frame, void *unused)
{
    (void)unused;
    return py.PyFrame_GetCode(frame);
}

static PyObject *builtin_named(const char *module, const char *name)
{
    PyObject *modules = py.PyImport_GetModuleDict();
    PyObject *found = modules ? py.PyDict_GetItemString(modules, module) : NULL;
    return found && py_type(found) == py.PyModule_Type
               ? py.PyDict_GetItemString(py.PyModule_GetDict(found), name)
               : NULL;
}

void untold_begin(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    real_thread_hook = builtin_exchange(builtin_named("_thread", "_excepthook"), (void *)thread_hook);
    real_id = builtin_exchange(builtin_named("builtins", "id"), (void *)id_untold);
    real_frame_code = builtin_exchange_getter(py.PyFrame_Type, "f_code", (void *)frame_code_untold);
}

void untold_end(void)
{
    if (real_id)
        builtin_exchange(builtin_named("builtins", "id"), (void *)real_id);
    if (real_frame_code)
        builtin_exchange_getter(py.PyFrame_Type, "f_code", (void *)real_frame_code);
    real_id = NULL;
    real_frame_code = NULL;
}
