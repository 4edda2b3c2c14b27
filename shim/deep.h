/* Loads libvldeep.so from beside this library, once, and records what it finds.
 *
 * Any thread, but no signal handler and no fork or vfork child: there deep_get answers with what is loaded
 * already. */
#ifndef SHIM_DEEP_H
#define SHIM_DEEP_H

#include "deep/deep.h"

/* NULL: not there, or not to be had at this moment. errno is untouched. */
const struct deep *deep_get(void);

/* From now on nothing is loaded any more in this process: it is a fork's child. */
void deep_forbid(void);

/* Before a fork: where TLS is in use the child will not be able to load it. */
void deep_prepare_fork(void);

#endif
