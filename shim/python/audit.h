/* Our place in the interpreter's list of audit hooks. */
#ifndef SHIM_PYTHON_AUDIT_H
#define SHIM_PYTHON_AUDIT_H

#include "python/api.h"

extern struct audit_place {
    void **entry; /* ours: the next one, what is called, its argument */
    void **head;  /* of the list, NULL: not known */
} audit_place;

/* Before the interpreter starts: from now on hear is called with each event, and answers 0. */
void audit_begin(int (*hear)(const char *event, PyObject *args, void *unused));

/* The interpreter is about to give up its hooks. */
void audit_end(void);

/* Takes us off the list for a while and puts us back: without hooks no event is put together. Whatever
 * happens in between in other threads is not heard. False: where the list is is not known. */
static inline bool audit_can_rest(void) { return audit_place.head; }
static inline void audit_rest(void)
{
    if (audit_place.head)
        __atomic_store_n(audit_place.head, NULL, __ATOMIC_RELAXED);
}
static inline void audit_wake(void)
{
    if (audit_place.head)
        __atomic_store_n(audit_place.head, (void *)audit_place.entry, __ATOMIC_RELAXED);
}

#endif
