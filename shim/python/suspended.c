/* See python/suspended.h. What one returns to another by await or yield from is seen in 3.10 and 3.11;
 * elsewhere the interpreter runs both in one loop, where only the end of the inner one shows. Before 3.10
 * asyncio goes on with the outermost one by a way of its own: that one ends when it is given up. */
#include "python/suspended.h"

#include "python/trace.h"
#include "python/type.h"
#include "shim.h"
#include "threads.h"

#include <errno.h>
#include <string.h>

#define MOST     1024u /* a power of two */
#define PROBES   4u    /* where one may lie; more than that at one hash are not followed */
#define TYPES    3u    /* generator, coroutine, asynchronous generator */
#define REPLACED 6u    /* slots and methods of each at the most */

static struct entry {
    PyObject *object; /* atomic; not held; NULL: free */
    const struct watched *watched;
    struct span_mark mark;
} entries[MOST] TABLE;

enum { SEND_ERROR = -1, SEND_RETURN = 0, SEND_NEXT = 1 }; /* PySendResult */
typedef int (*py_send)(PyObject *, PyObject *, PyObject **);
typedef PyObject *(*py_next)(PyObject *);
typedef PyObject *(*py_method)(PyObject *, PyObject *, long);
enum { ASYNC_NEXT = 2, ASYNC_SEND = 3 /* since 3.10 */ }; /* of PyAsyncMethods */

static struct kind {
    PyObject *type; /* atomic */
    py_dealloc dealloc;
    py_send send;
    py_next next, async_next;
    py_method method_send, method_throw;
} kinds[TYPES] TABLE;

/* An asynchronous generator's steps are objects of their own, which begin with the generator. */
static PyObject *step_type; /* atomic */
static py_next step_next;

static const struct kind *kind_of(PyObject *object)
{
    const struct kind *kind = kinds;
    while (kind < kinds + TYPES - 1 && __atomic_load_n(&kind->type, __ATOMIC_ACQUIRE) != py_type(object))
        kind++;
    return kind;
}

/* ---- the table ---- */

static struct entry *entry_at(PyObject *object, uint32_t probe)
{
    uint32_t hash = (uint32_t)((uintptr_t)object >> 4) * 0x9e3779b1u >> 20;
    return &entries[(hash + probe) & (MOST - 1)];
}

static struct entry *find(PyObject *object)
{
    for (uint32_t i = 0; i < PROBES; i++)
        if (unlikely(__atomic_load_n(&entry_at(object, i)->object, __ATOMIC_RELAXED) == object))
            return entry_at(object, i);
    return NULL;
}

bool suspended_knows(PyObject *object) { return find(object); }

static bool enter(PyObject *object, const struct watched *w, struct span_mark mark)
{
    static PyObject *const taken = (PyObject *)&entries;
    for (uint32_t i = 0; i < PROBES; i++) {
        struct entry *e = entry_at(object, i);
        PyObject *there = NULL;
        if (__atomic_compare_exchange_n(&e->object, &there, taken, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            e->watched = w;
            e->mark = mark;
            __atomic_store_n(&e->object, object, __ATOMIC_RELEASE);
            return true;
        }
    }
    return false;
}

static struct entry leave(struct entry *e)
{
    struct entry left = *e;
    __atomic_store_n(&e->object, NULL, __ATOMIC_RELEASE);
    return left;
}

static bool heard(void) { return shim_on() && !thread_is_vfork_child(); }

/* One that the interpreter gives up while it ends: nothing is asked of it any more. */
static bool ended_with_all(struct entry *at)
{
    if (!py_ends())
        return false;
    span_end(leave(at).mark, VL_SPAN_RETURN, "{}", 2);
    suspended_end();
    return true;
}

/* ---- its end ---- */

static COLD void returned(struct entry *at, PyObject *result)
{
    int error = errno;
    struct entry e = leave(at);
    struct py_error pending = py_error_take(); /* what says that it returned, or anything else */
    if (heard())
        outcome_returned(e.mark, e.watched, result);
    py_error_give(pending);
    errno = error;
}

static COLD void raised(struct entry *at)
{
    int error = errno;
    struct entry e = leave(at);
    if (heard())
        outcome_raised(e.mark);
    errno = error;
}

/* "already executing" and the like leave it as it was. */
static bool is_running(PyObject *object)
{
    PyObject *running = py_attribute(object, "gi_running");
    if (!running)
        running = py_attribute(object, "cr_running");
    bool is = running == py._Py_TrueStruct;
    py_drop(running);
    return is;
}

/* A method or an iteration came back without a value: it returned, or raised what is pending. */
static COLD void came_back_empty(struct entry *at, PyObject *object)
{
    if (ended_with_all(at))
        return;
    int error = errno;
    struct py_error e = py_error_take();
    bool running = is_running(object);
    bool stops = !e.type || py.PyType_IsSubtype(e.type, *(PyObject **)py.PyExc_StopIteration);
    PyObject *value = NULL;
    if (stops && e.value && py_is(e.value, *(PyObject **)py.PyExc_StopIteration))
        value = py_attribute(e.value, "value");
    else if (stops && e.value) { /* not an exception yet, but what one is to be made of */
        py.Py_IncRef(e.value);
        value = e.value;
    }
    py_error_give(e);
    if (stops && !running)
        returned(at, value);
    else if (!running)
        raised(at);
    py_drop(value);
    errno = error;
}

/* The object itself must not be asked any more. */
static COLD void given_up(struct entry *at)
{
    if (ended_with_all(at))
        return;
    int error = errno;
    struct py_error e = py_error_take();
    bool raises = e.type && trace_passes(e.traceback, at->watched->code);
    py_error_give(e);
    if (raises)
        raised(at);
    else
        returned(at, NULL);
    errno = error;
}

/* ---- in front of the interpreter's own ---- */

static void on_dealloc(PyObject *object)
{
    struct entry *e = find(object);
    if (unlikely(e))
        given_up(e);
    kind_of(object)->dealloc(object);
}

static int on_send(PyObject *object, PyObject *value, PyObject **result)
{
    int how = kind_of(object)->send(object, value, result);
    struct entry *e = how == SEND_NEXT ? NULL : find(object);
    if (unlikely(e) && how == SEND_RETURN && !ended_with_all(e))
        returned(e, *result);
    else if (unlikely(e) && how == SEND_ERROR)
        came_back_empty(e, object);
    return how;
}

static PyObject *after(PyObject *object, PyObject *result)
{
    struct entry *e = result ? NULL : find(object);
    if (unlikely(e))
        came_back_empty(e, object);
    return result;
}

static PyObject *on_next(PyObject *object) { return after(object, kind_of(object)->next(object)); }

static PyObject *on_method_send(PyObject *object, PyObject *value, long unused)
{
    return after(object, kind_of(object)->method_send(object, value, unused));
}

/* Where ours lies, and what lay there. */
static struct replaced {
    void **at;
    void *real;
} replaced[TYPES * REPLACED + 1] TABLE;
static unsigned replaced_count; /* atomic */

/* What lay there is kept before anybody comes by ours. */
static void replace(void *at, void *ours, void *kept)
{
    memcpy(kept, at, sizeof(void *));
    if (!*(void **)at)
        return;
    unsigned i = __atomic_fetch_add(&replaced_count, 1, __ATOMIC_RELAXED);
    replaced[i] = (struct replaced){at, *(void **)at};
    __atomic_store_n((void **)at, ours, __ATOMIC_RELEASE);
}

void suspended_end(void)
{
    for (unsigned i = __atomic_exchange_n(&replaced_count, 0, __ATOMIC_RELAXED); i-- > 0;)
        __atomic_store_n(replaced[i].at, replaced[i].real, __ATOMIC_RELEASE);
}

/* What it yields comes as a StopIteration. */
static COLD void step_ended(struct entry *at)
{
    if (ended_with_all(at))
        return;
    struct py_error e = py_error_take();
    bool stops = e.type && py.PyType_IsSubtype(e.type, *(PyObject **)py.PyExc_StopAsyncIteration);
    bool yields = !e.type || py.PyType_IsSubtype(e.type, *(PyObject **)py.PyExc_StopIteration);
    py_error_give(e);
    if (stops)
        returned(at, NULL);
    else if (!yields)
        raised(at);
}

static PyObject *on_step_next(PyObject *step)
{
    PyObject *result = step_next(step), *generator = *(PyObject **)((char *)step + py.head_bytes);
    struct entry *e = result ? NULL : find(generator);
    if (unlikely(e))
        step_ended(e);
    return result;
}

static PyObject *on_async_next(PyObject *object)
{
    PyObject *step = kind_of(object)->async_next(object), *none = NULL;
    if (step && unlikely(!__atomic_load_n(&step_type, __ATOMIC_RELAXED)) &&
        __atomic_compare_exchange_n(&step_type, &none, py_type(step), false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
        replace(type_slot(py_type(step), TYPE_ITERNEXT), (void *)on_step_next, &step_next);
    return step;
}

/* Its arguments are a tuple, or since 3.12 a row and their number. */
static PyObject *on_method_throw(PyObject *object, PyObject *arguments, long count)
{
    return after(object, kind_of(object)->method_throw(object, arguments, count));
}

static void replace_methods(struct kind *kind, struct py_method *methods)
{
    for (; methods && methods->name; methods++)
        if (strcmp(methods->name, "send") == 0)
            replace(&methods->function, (void *)on_method_send, &kind->method_send);
        else if (strcmp(methods->name, "throw") == 0)
            replace(&methods->function, (void *)on_method_throw, &kind->method_throw);
}

static void take_slots(struct kind *kind, PyObject *type)
{
    void **async = *type_slot(type, TYPE_ASYNC);
    if (async)
        replace(&async[ASYNC_NEXT], (void *)on_async_next, &kind->async_next);
    if (async && py.minor >= 10)
        replace(&async[ASYNC_SEND], (void *)on_send, &kind->send);
    replace(type_slot(type, TYPE_ITERNEXT), (void *)on_next, &kind->next);
    replace(type_slot(type, TYPE_DEALLOC), (void *)on_dealloc, &kind->dealloc);
    replace_methods(kind, *type_slot(type, TYPE_METHODS));
}

static bool take_type(PyObject *type)
{
    for (struct kind *kind = kinds; kind < kinds + TYPES; kind++) {
        PyObject *there = NULL;
        if (__atomic_compare_exchange_n(&kind->type, &there, type, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE)) {
            take_slots(kind, type);
            return true;
        }
        if (there == type)
            return true;
    }
    return false;
}

COLD void suspended_begin(struct span_mark mark, const struct watched *w, PyObject *object)
{
    if (!take_type(py_type(object)) || !enter(object, w, mark))
        span_end(mark, VL_SPAN_CANCEL, "{}", 2);
}
