/* The interpreter tells of what it does by audit events (PEP 578); a hook that is added before it starts
 * hears them all. */
#include "python/python.h"

#include "config.h"
#include "python/api.h"
#include "python/call.h"
#include "python/errors.h"
#include "python/patch.h"
#include "python/untold.h"
#include "python/watch.h"
#include "python/watcher.h"
#include "shim.h"
#include "threads.h"

#include <errno.h>
#include <string.h>

static bool unknown_layout;
static int on_audit(const char *event, PyObject *args, void *unused);

/* ---- events ---- */

static void on_exec(PyObject *args)
{
    PyObject *code = py.PyTuple_GetItem(args, 0);
    if (!python_measure()) {
        unknown_layout = true;
        return;
    }
    if (py_type(code) != py.PyCode_Type)
        return;
    untold_begin();
    struct watch_found found = watch_module(code);
    if (found.functions > 0)
        patch_expect(code, &found);
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
    untold_end();
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
        watcher_settle_all();
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
