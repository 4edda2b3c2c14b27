/* The TLS libraries that a process uses, found by the functions that they have, whatever their name:
 * libssl.so.3, libssl-1a2b3c.so.1.1 of a wheel, or the executable itself. Those of a library are reached
 * through the slots of the modules that call it; those that are inside an executable, or a library of another
 * name, are detoured. */
#ifndef SHIM_TLS_H
#define SHIM_TLS_H

#include <stdbool.h>

/* Before main: what is inside the executable. */
void tls_begin(void);

/* Before a connection is made, or bytes are first sent on one. Looks at the loader's list where something was
 * loaded since the last time; not in a signal handler. */
void tls_watch(void);

/* Whether this process has such a library. */
bool tls_possible(void);

/* What dlsym gives for a function of that name that it found; found itself where it is none of a TLS
 * library's. */
void *tls_replacement(const char *name, void *found);

#endif
