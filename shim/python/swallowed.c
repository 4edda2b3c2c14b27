/* What is still in an exception when its last reference goes is read by a function in front of the
 * interpreter's own that takes it apart (tp_dealloc). What the standard library and installed packages catch
 * for themselves, as import does all the time, is not told; nor what every loop ends with. */
#include "python/swallowed.h"

#include "python/call.h"
#include "python/errors.h"
#include "python/type.h"
#include "scratch.h"
#include "shim.h"
#include "spans.h"
#include "threads.h"

#include <errno.h>
#include <string.h>

#define HEAD_WORDS 2
#define EXCEPTION_WORDS                                                                                      \
    5 /* BaseException's own at the least: dict, args, (notes,) traceback, context, cause */
#define IS_HEAP_TYPE (1ul << 9)

#define TYPES  256u /* powers of two */
#define TOLD   64u
#define PLACES 256u
#define ALWAYS 8u  /* so often a place is told in full; from then on each time that the number has doubled */
#define MOST   500 /* that one process tells */
#define LOOKS  4096u /* at exceptions of one type without any other event; then it rests until the next */

static struct kind {
    PyObject *type;
    py_dealloc real;
    unsigned looks; /* since it was awake; atomic */
} types[TYPES] TABLE;
bool swallowed_resting;
static PyObject *told[TOLD] TABLE;
static struct {
    uint64_t place;
    uint64_t count;
} places[PLACES] TABLE;
static int all;    /* atomic */
static bool ended; /* atomic: nothing of ours lies in front any more */

static void given_up(PyObject *value);

static uint32_t hash(const void *p) { return (uint32_t)(((uintptr_t)p >> 4) * 0x9e3779b1u >> 12); }

void swallowed_not(PyObject *value)
{
    if (value)
        __atomic_store_n(&told[hash(value) & (TOLD - 1)], value, __ATOMIC_RELAXED);
}

static bool was_told(PyObject *value)
{
    PyObject *there = value, **slot = &told[hash(value) & (TOLD - 1)];
    return __atomic_load_n(slot, __ATOMIC_RELAXED) == value &&
           __atomic_compare_exchange_n(slot, &there, NULL, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static struct kind *kind_of(PyObject *type)
{
    for (uint32_t i = hash(type);; i++)
        if (!types[i & (TYPES - 1)].type || types[i & (TYPES - 1)].type == type)
            return &types[i & (TYPES - 1)];
}

static void hear(struct kind *kind, py_dealloc how)
{
    if (likely(!__atomic_load_n(&ended, __ATOMIC_RELAXED)))
        __atomic_store_n(type_slot(kind->type, TYPE_DEALLOC), (void *)how, __ATOMIC_RELAXED);
}

void swallowed_end(void)
{
    for (struct kind *kind = types; kind < types + TYPES; kind++)
        if (kind->type)
            hear(kind, kind->real);
    __atomic_store_n(&ended, true, __ATOMIC_RELAXED);
}

/* A program that does nothing but throw pays for some thousand looks. */
static bool goes_to_rest(struct kind *kind)
{
    unsigned looks = __atomic_load_n(&kind->looks, __ATOMIC_RELAXED) + 1;
    __atomic_store_n(&kind->looks, looks, __ATOMIC_RELAXED);
    if (likely(looks < LOOKS))
        return false;
    __atomic_store_n(&swallowed_resting, true, __ATOMIC_RELAXED);
    return true;
}

void swallowed_wake(void)
{
    __atomic_store_n(&swallowed_resting, false, __ATOMIC_RELAXED);
    for (struct kind *kind = types; kind < types + TYPES; kind++)
        if (kind->type && __atomic_load_n(&kind->looks, __ATOMIC_RELAXED) >= LOOKS) {
            __atomic_store_n(&kind->looks, 0, __ATOMIC_RELAXED);
            hear(kind, given_up);
        }
}

/* For how many that one place raised this one stands; 0: it is passed over. The frame that caught it is the
 * first of its traceback, whose words are the next step, the frame, and two numbers for the place in its
 * code. Of two interpreters that count at once one count may go: an instruction that locks the bus for every
 * exception would cost more. */
static uint64_t times_of(PyObject *type, PyObject *traceback, PyObject *code)
{
    uint64_t place = (uint64_t)(uintptr_t)code ^ ((uint64_t *)traceback)[HEAD_WORDS + 2];
    place = place * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)type;
    uint32_t i = (uint32_t)(place * 0x9e3779b97f4a7c15u >> 40) & (PLACES - 1);
    bool known = __atomic_load_n(&places[i].place, __ATOMIC_RELAXED) == place;
    uint64_t n = known ? __atomic_load_n(&places[i].count, __ATOMIC_RELAXED) + 1 : 1;
    if (!known)
        __atomic_store_n(&places[i].place, place, __ATOMIC_RELAXED);
    __atomic_store_n(&places[i].count, n, __ATOMIC_RELAXED);
    return n <= ALWAYS ? 1 : (n & (n - 1)) == 0 ? n / 2 : 0;
}

struct file_name {
    char text[1024];
};

static bool is_own(PyObject *code)
{
    SCRATCH(struct file_name, file);
    PyObject *name = py_attribute(code, "co_filename");
    bool own = file && py_text(name, file->text, sizeof file->text, NULL) > 0 && file->text[0] != '<' &&
               !strstr(file->text, "/lib/python3") && !strstr(file->text, "-packages/");
    py_drop(name);
    return own && __atomic_fetch_add(&all, 1, __ATOMIC_RELAXED) < MOST;
}

/* The object has no reference any more; it gets one for as long as it is asked. */
static COLD void tell(PyObject *value, PyObject *traceback, PyObject *code, uint64_t times)
{
    if (py_ends()) {
        swallowed_end();
        return;
    }
    int error = errno;
    struct py_error pending = py_error_take();
    py.Py_IncRef(value);
    if (is_own(code))
        errors_tell_some(VL_RAISE_CAUGHT, span_current(call_task()), py_type(value), value, traceback, times);
    was_told(value);
    --*(long *)value;
    py_error_give(pending);
    errno = error;
}

/* Where an exception holds its traceback: the interpreter tells once which word that is. */
static PyObject *traceback_of(PyObject *value)
{
    static unsigned word; /* atomic; 0: not known */
    unsigned at = __atomic_load_n(&word, __ATOMIC_RELAXED);
    if (likely(at))
        return ((PyObject **)value)[at];
    PyObject *traceback = py.PyException_GetTraceback(value);
    for (at = HEAD_WORDS; traceback && at < HEAD_WORDS + EXCEPTION_WORDS; at++)
        if (((PyObject **)value)[at] == traceback)
            __atomic_store_n(&word, at, __ATOMIC_RELAXED);
    py_drop(traceback); /* the exception's own stays */
    return traceback;
}

static void look_at(PyObject *value)
{
    PyObject *traceback = traceback_of(value);
    PyObject *frame = traceback && py_type(traceback) == py.PyTraceBack_Type
                          ? ((PyObject **)traceback)[HEAD_WORDS + 1]
                          : NULL;
    PyObject *code = frame && py_type(frame) == py.PyFrame_Type ? py.PyFrame_GetCode(frame) : NULL;
    uint64_t times = code ? times_of(py_type(value), traceback, code) : 0;
    if (times)
        tell(value, traceback, code, times);
    py_drop(code); /* its frame holds another */
}

/* The real function tells by the type's own whether it is called for the whole object, and goes slow on long
 * chains. */
static void given_up(PyObject *value)
{
    PyObject *type = py_type(value);
    struct kind *kind = kind_of(type);
    while (!kind->real && (type = *type_slot(type, TYPE_BASE)))
        kind = kind_of(type);
    if (!was_told(value) && shim_on() && !thread_is_vfork_child())
        look_at(value);
    hear(kind, kind->real);
    kind->real(value);
    if (!goes_to_rest(kind))
        hear(kind, given_up);
}

static bool is_ordinary(PyObject *type)
{
    static const char *const usual[] = {"StopIteration", "StopAsyncIteration", "GeneratorExit", "SystemExit"};
    const char *name = *type_slot(type, TYPE_NAME);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(name, usual[i]) == 0)
            return false;
    return !((uintptr_t)*type_slot(type, TYPE_FLAGS) & IS_HEAP_TYPE);
}

static void take_type(PyObject *type)
{
    uint32_t i = hash(type);
    while (types[i & (TYPES - 1)].type)
        if (types[i++ & (TYPES - 1)].type == type)
            return; /* OSError has several names */
    types[i & (TYPES - 1)].real = (py_dealloc)*type_slot(type, TYPE_DEALLOC);
    types[i & (TYPES - 1)].type = type;
    *type_slot(type, TYPE_DEALLOC) = (void *)given_up;
}

void swallowed_begin(void)
{
    PyObject *builtins = py_module_names("builtins"), *key, *value;
    long at = 0, taken = 0;
    if (py.head_bytes != HEAD_WORDS * sizeof(void *) || !builtins)
        return;
    while (taken < TYPES / 2 && py.PyDict_Next(builtins, &at, &key, &value))
        if (py_is(value, py.PyType_Type) &&
            py.PyType_IsSubtype(value, *(PyObject **)py.PyExc_BaseException) && is_ordinary(value)) {
            take_type(value);
            taken++;
        }
}
