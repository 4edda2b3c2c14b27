/* Our place in the interpreter's list of audit hooks. */
#ifndef SHIM_PYTHON_AUDIT_H
#define SHIM_PYTHON_AUDIT_H

#include "python/api.h"

/* Before the interpreter starts: from now on hear is called with each event, and answers 0. */
void audit_begin(int (*hear)(const char *event, PyObject *args, void *unused));

/* The interpreter is about to give up its hooks. */
void audit_end(void);

/* Takes us off the list for a while and puts us back: without hooks no event is put together. Whatever
 * happens in between in other threads is not heard. False: where the list is is not known. */
bool audit_can_rest(void);
void audit_rest(void);
void audit_wake(void);

#endif
