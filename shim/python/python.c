/* The interpreter tells of what it does by audit events (PEP 578); a hook that is added before it starts
 * hears them all. */
#include "python/python.h"

#include "config.h"
#include "python/api.h"
#include "python/audit.h"
#include "python/builtin.h"
#include "python/call.h"
#include "python/errors.h"
#include "python/patch.h"
#include "python/suspended.h"
#include "python/swallowed.h"
#include "python/untold.h"
#include "python/watch.h"
#include "python/watcher.h"
#include "shim.h"
#include "threads.h"

#include <errno.h>
#include <string.h>

static bool unknown_layout;

/* Anybody may raise an event or call a function of the interpreter's own, with any arguments: borrowed, NULL:
 * it is not there. */
static PyObject *item(PyObject *row, long i)
{
    return row && py_is(row, py.PyTuple_Type) && i < py.PyTuple_Size(row) ? py.PyTuple_GetItem(row, i) : NULL;
}

/* (type, value, traceback, ...) from there on. */
static void tell(enum vl_raise how, PyObject *row, long from)
{
    errors_tell(how, span_current(0), item(row, from), item(row, from + 1), item(row, from + 2));
}

/* ---- threads: their uncaught exceptions end in a function of C's ---- */

static PyObject *(*real_thread_hook)(PyObject *, PyObject *);

/* args: (type, value, traceback, thread). Of SystemExit a thread may end. */
static PyObject *thread_hook(PyObject *module, PyObject *args)
{
    if (shim_on() && item(args, 0) != *(PyObject **)py.PyExc_SystemExit)
        tell(VL_RAISE_UNCAUGHT, args, 0);
    return real_thread_hook(module, args);
}

static void exchange_builtins(void)
{
    static bool done;
    if (done || !builtin_named("marshal", "loads")) /* the last of them that is there */
        return;
    done = true;
    real_thread_hook = builtin_exchange(builtin_named("_thread", "_excepthook"), (void *)thread_hook);
    untold_begin();
    swallowed_begin();
}

/* ---- events ---- */

static void on_exec(PyObject *args)
{
    if (!python_measure()) {
        unknown_layout = true;
        return;
    }
    PyObject *code = item(args, 0);
    if (!code || py_type(code) != py.PyCode_Type)
        return;
    exchange_builtins();
    struct watch_found found = watch_module(code);
    patch_expect(code, &found);
}

static void on_uncaught(PyObject *args)
{
    if (py.head_bytes)
        tell(VL_RAISE_UNCAUGHT, args, 1);
}

/* args: (hook, (type, value, traceback, message, object)) */
static void on_lost(PyObject *args)
{
    if (py.head_bytes)
        tell(VL_RAISE_LOST, item(args, 1), 0);
}

static void on_other_hook(PyObject *args)
{
    (void)args;
    untold_end();
}

static void on_hooks_end(PyObject *args)
{
    (void)args;
    if (!py_ends()) /* the program says so itself */
        return;
    swallowed_end();
    suspended_end();
    audit_end();
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
    if (unlikely(__atomic_load_n(&swallowed_resting, __ATOMIC_RELAXED)))
        swallowed_wake();
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
    audit_begin(on_audit);
    errno = error;
}
