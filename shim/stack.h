/* A stack of each thread's own, for what needs more than a caller may have left and comes rarely: the loader,
 * the parsers of Claude's API, and what a function is given that was called before it was found. */
#ifndef SHIM_STACK_H
#define SHIM_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* Runs work there, all signals blocked: a handler of the program's finds itself on its own stack, whoever
 * looks at it. Where there is no such stack, or no signal may be blocked, it runs in place. */
void stack_run(void (*work)(void *argument), void *argument);

/* Whether an address is of this thread's. */
bool stack_holds(uintptr_t address);

#endif
