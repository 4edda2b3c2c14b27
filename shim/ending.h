/* The end of this process, however it comes about from within. */
#ifndef SHIM_ENDING_H
#define SHIM_ENDING_H

#include "vl/event.h"

/* Before main: asks libc to be told of exit() and of main's return, after every other handler and destructor.
 */
void ending_init(void);

/* Records the exit and finishes this thread's chunks. Once a process; a vfork child's touches nothing of its
 * parent's. */
void ending(enum vl_exit how, int status);

/* Before this image becomes another: what it has used, its chunks finished, its output forgotten. */
void ending_by_exec(void);

#endif
