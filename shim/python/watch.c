/* The table of watched code objects; see python/watch.h. */
#include "python/watch.h"

#include "threads.h"

#include <string.h>

#define SLOTS     2048u /* a power of two */
#define MOST      (SLOTS / 2)
#define NAME_ROOM 256u

static struct watched *slots[SLOTS] TABLE; /* atomic pointers */
static uint32_t used;                      /* atomic */
static struct watched *latest;             /* atomic */

static uint32_t slot_of(PyObject *code)
{
    return (uint32_t)(((uintptr_t)code >> 4) * 0x9e3779b1u) & (SLOTS - 1);
}

struct watched *watch_find(PyObject *code)
{
    for (uint32_t i = slot_of(code);; i = (i + 1) & (SLOTS - 1)) {
        struct watched *w = __atomic_load_n(&slots[i], __ATOMIC_ACQUIRE);
        if (!w || w->code == code)
            return w;
    }
}

bool watch_enter(struct watched *w)
{
    if (__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED) >= MOST)
        return false;
    for (uint32_t i = slot_of(w->code);; i = (i + 1) & (SLOTS - 1)) {
        struct watched *old = __atomic_load_n(&slots[i], __ATOMIC_ACQUIRE);
        if ((!old || old->code == w->code) &&
            __atomic_compare_exchange_n(&slots[i], &old, w, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            break;
    }
    w->before = __atomic_load_n(&latest, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&latest, &w->before, w, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
    return true;
}

struct watched *watch_latest(void) { return __atomic_load_n(&latest, __ATOMIC_ACQUIRE); }

struct code_name {
    char text[NAME_ROOM];
};

bool watch_is_same(const struct watched *w, PyObject *code)
{
    SCRATCH_WITHIN(struct code_name, name);
    if (!name)
        return false;
    PyObject *text = py_attribute(code, "co_name");
    py_text(text, name->text, sizeof name->text, NULL);
    py_drop(text);
    return strcmp(name->text, w->own_name) == 0 && py_number(code, "co_firstlineno") == w->first_line;
}
