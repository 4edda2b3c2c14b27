/* The TLS libraries that a process uses: taken over when it first connects to somewhere. */
#ifndef SHIM_TLS_H
#define SHIM_TLS_H

/* Before a connection is made. Looks at the loader's list where something was loaded since the last time; not
 * in a signal handler. */
void tls_watch(void);

#endif
