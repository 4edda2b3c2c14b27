/* Whether the present call was made below a signal handler of the program's. */
#ifndef SHIM_HANDLER_H
#define SHIM_HANDLER_H

#include <stdbool.h>

/* Some system calls: for what is done once. Never wrong of a handler that libc installed, unless its calls
 * took more than HANDLER_STACK_BYTES of the stack; what an earlier handler left behind on the stack may pass
 * for one. Where the processor keeps no trace of a handler on the stack, no. */
#define HANDLER_STACK_BYTES 65536u
bool handler_is_running(void);

#endif
