/* A spool file that somebody truncates while it is mapped raises SIGBUS in whoever records into it. */
#ifndef SHIM_PATCH_H
#define SHIM_PATCH_H

#include <stdbool.h>
#include <stdint.h>

/* In the handler of SIGBUS, which is to return next. True: the address was in a mapping of ours, and can be
 * used now. */
bool patch_over(uintptr_t address);

#endif
