/* The end of this process, however it comes about from within. */
#ifndef SHIM_ENDING_H
#define SHIM_ENDING_H

#include "vl/event.h"

#include <stdbool.h>

/* Before main: asks libc to be told of exit() and of main's return, after every other handler and destructor.
 */
void ending_init(void);

/* Records the exit and finishes this thread's chunks. Once a process; a vfork child's touches nothing of its
 * parent's. */
void ending(enum vl_exit how, int status);

/* Before this image becomes another: what it has used, its chunks finished, its output forgotten. stranger:
 * the shim will not be in the new one, so what is known of this process is said now. */
void ending_by_exec(bool stranger);

#endif
