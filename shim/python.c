/* The interpreter tells of what it does by audit events (PEP 578); a hook that is added before it starts
 * hears them all. */
#include "python.h"

#include "config.h"
#include "python_api.h"
#include "python_call.h"
#include "python_errors.h"
#include "python_patch.h"
#include "python_watch.h"
#include "shim.h"
#include "threads.h"

#include <errno.h>
#include <string.h>

static bool unknown_layout;
static int on_audit(const char *event, PyObject *args, void *unused);

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

static void patch_builtins(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    real_thread_hook = patch_builtin(builtin_named("_thread", "_excepthook"), (void *)thread_hook);
    real_id = patch_builtin(builtin_named("builtins", "id"), (void *)id_untold);
    real_frame_code = patch_getter(py.PyFrame_Type, "f_code", (void *)frame_code_untold);
}

/* Another hook comes: from now on everything is told. */
static void restore_untold(void)
{
    if (real_id)
        patch_builtin(builtin_named("builtins", "id"), (void *)real_id);
    if (real_frame_code)
        patch_getter(py.PyFrame_Type, "f_code", (void *)real_frame_code);
    real_id = NULL;
    real_frame_code = NULL;
}

/* ---- events ---- */

static void on_exec(PyObject *args)
{
    int top;
    PyObject *code = py.PyTuple_GetItem(args, 0);
    if (!python_measure()) {
        unknown_layout = true;
        return;
    }
    if (py_type(code) != py.PyCode_Type)
        return;
    patch_builtins();
    if (watch_module(code, &top) > 0)
        patch_expect(code, top);
}

static void on_uncaught(PyObject *args)
{
    if (py.head_bytes && py.PyTuple_Size(args) == 4)
        errors_tell(VL_RAISE_UNCAUGHT, span_current(0), py.PyTuple_GetItem(args, 1),
                    py.PyTuple_GetItem(args, 2), py.PyTuple_GetItem(args, 3));
}

/* args: (hook, (type, value, traceback, message, object)) */
static void on_lost(PyObject *args)
{
    PyObject *row = py.head_bytes ? py.PyTuple_GetItem(args, 1) : NULL;
    if (row && py_is(row, py.PyTuple_Type) && py.PyTuple_Size(row) >= 3)
        errors_tell(VL_RAISE_LOST, span_current(0), py.PyTuple_GetItem(row, 0), py.PyTuple_GetItem(row, 1),
                    py.PyTuple_GetItem(row, 2));
}

static void on_other_hook(PyObject *args)
{
    (void)args;
    restore_untold();
}

/* The interpreter gives our hook back to an allocator that it may have chosen after it took the memory from
 * another (-X dev, PYTHONMALLOC): that one piece goes where it came from. */
static struct py_allocator first_allocator, last_allocator;
static void *hook_memory;

static void *take_first(void *context, size_t bytes)
{
    hook_memory = first_allocator.malloc(context, bytes);
    return hook_memory;
}

static void give_last(void *context, void *memory)
{
    if (memory != hook_memory || !memory) {
        last_allocator.free(context, memory);
        return;
    }
    first_allocator.free(first_allocator.context, memory);
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &last_allocator);
}

static void on_hooks_end(PyObject *args)
{
    (void)args;
    py.PyMem_GetAllocator(PY_MEMORY_RAW, &last_allocator);
    if (last_allocator.free == first_allocator.free)
        return;
    struct py_allocator between = last_allocator;
    between.free = give_last;
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &between);
}

static void add_hook(void)
{
    py.PyMem_GetAllocator(PY_MEMORY_RAW, &first_allocator);
    struct py_allocator between = first_allocator;
    between.malloc = take_first;
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &between);
    py.PySys_AddAuditHook(on_audit, NULL);
    py.PyMem_SetAllocator(PY_MEMORY_RAW, &first_allocator);
}

static const struct {
    const char *name;
    void (*hear)(PyObject *args);
} events[] = {
    {"exec", on_exec},
    {"sys.excepthook", on_uncaught},
    {"sys.unraisablehook", on_lost},
    {"sys.addaudithook", on_other_hook},
    {"cpython._PySys_ClearAuditHooks", on_hooks_end},
};

static int on_audit(const char *event, PyObject *args, void *unused)
{
    (void)unused;
    if ((event[0] != 'e' && event[0] != 's' && event[0] != 'c') || unknown_layout || !shim_on() ||
        thread_is_vfork_child())
        return 0;
    int error = errno;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (strcmp(event, events[i].name) != 0)
            continue;
        struct py_error pending = py_error_take();
        events[i].hear(args);
        py_error_give(pending);
    }
    if (py.head_bytes)
        patch_settle_all();
    errno = error;
    return 0;
}

/* Of a claude program neither values nor the texts of exceptions are anybody's business. */
void python_init(void)
{
    bool none = config.spans && *config.spans == '\0';
    if (none || self.claude || !python_find())
        return;
    int error = errno;
    add_hook();
    errno = error;
}
