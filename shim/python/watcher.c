/* See python/watcher.h. */
#include "python/watcher.h"

#include "python/call.h"
#include "python/watch.h"
#include "raw.h"
#include "threads.h"

#define INTERPRETERS 64
#define UNSETTLED    64u

static PyObject *unsettled[UNSETTLED] TABLE;    /* atomic; not held: a function that ends is taken out */
static PyObject *unsettled_in[UNSETTLED] TABLE; /* atomic: whose it is, where interpreters run side by side */
static uint32_t unsettled_count;                /* atomic: whether to look at all */

static void unsettled_enter(PyObject *function)
{
    PyObject *interpreter = py.PyInterpreterState_Get();
    for (uint32_t i = 0; i < UNSETTLED; i++) {
        PyObject *none = NULL;
        if (!__atomic_compare_exchange_n(&unsettled_in[i], &none, interpreter, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_RELAXED))
            continue;
        __atomic_store_n(&unsettled[i], function, __ATOMIC_RELEASE);
        __atomic_fetch_add(&unsettled_count, 1, __ATOMIC_RELAXED);
        return;
    }
}

/* Where threads run side by side only one of them gets it. */
static bool unsettled_take(uint32_t i, PyObject *function)
{
    if (!__atomic_compare_exchange_n(&unsettled[i], &function, NULL, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return false;
    __atomic_store_n(&unsettled_in[i], NULL, __ATOMIC_RELEASE);
    __atomic_fetch_sub(&unsettled_count, 1, __ATOMIC_RELAXED);
    return true;
}

static bool unsettled_find(PyObject *function)
{
    for (uint32_t i = 0; i < UNSETTLED; i++)
        if (__atomic_load_n(&unsettled[i], __ATOMIC_RELAXED) == function)
            return unsettled_take(i, function);
    return false;
}

/* The interpreter numbers a function after it told us of it, and short cuts go by that number: saying how it
 * is called once more takes the number away. */
void watcher_settle(PyObject *function)
{
    if (unlikely(__atomic_load_n(&unsettled_count, __ATOMIC_RELAXED) != 0) && unsettled_find(function))
        py.PyFunction_SetVectorcall(function, call_watched);
}

void watcher_settle_all(void)
{
    if (likely(__atomic_load_n(&unsettled_count, __ATOMIC_RELAXED) == 0))
        return;
    PyObject *interpreter = py.PyInterpreterState_Get();
    for (uint32_t i = 0; i < UNSETTLED; i++) {
        PyObject *function = __atomic_load_n(&unsettled[i], __ATOMIC_ACQUIRE);
        if (function && __atomic_load_n(&unsettled_in[i], __ATOMIC_RELAXED) == interpreter &&
            unsettled_take(i, function))
            py.PyFunction_SetVectorcall(function, call_watched);
    }
}

enum { FUNCTION_MADE = 0, FUNCTION_ENDS = 1 };

static int on_function(int event, PyObject *function, PyObject *unused)
{
    (void)unused;
    if (event == FUNCTION_ENDS && __atomic_load_n(&unsettled_count, __ATOMIC_RELAXED) != 0)
        unsettled_find(function);
    if (event != FUNCTION_MADE || py_ends())
        return 0;
    watcher_settle_all();
    PyObject *code = py.PyFunction_GetCode(function);
    const struct watched *w = watch_find(code);
    if (w && w->kind != WATCH_CLASS && thread_get() && watch_is_same(w, code)) {
        if (!call_real)
            call_real = py.PyVectorcall_Function(function);
        py.PyFunction_SetVectorcall(function, call_watched);
        unsettled_enter(function);
    }
    return 0;
}

static long long known[INTERPRETERS] TABLE; /* id + 1 of those that tell us of their functions; atomic */

/* False: it was entered before, or there is no room. */
static bool enter_interpreter(void)
{
    long long id = py.PyInterpreterState_GetID(py.PyInterpreterState_Get()) + 1;
    for (int i = 0; i < INTERPRETERS; i++) {
        long long there = 0;
        if (__atomic_compare_exchange_n(&known[i], &there, id, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return true;
        if (there == id)
            return false;
    }
    return false;
}

void watcher_begin(void)
{
    if (py.PyFunction_AddWatcher && py.PyFunction_SetVectorcall && py.PyVectorcall_Function &&
        enter_interpreter() && py.PyFunction_AddWatcher(on_function) < 0)
        py.PyErr_Clear();
}
