/* A stack of the shim's own for what is done about a crash: the program's may be nearly used up, or a small
 * one for signals. */
#ifndef SHIM_CRASH_STACK_H
#define SHIM_CRASH_STACK_H

#include <stdbool.h>

/* Runs work there; one thread at a time. The kernel is told that it is the thread's signal stack for as long,
 * so that a handler which interrupts the work goes on below it, and the program's own is not overwritten. */
void crash_stack_run(void (*work)(void *argument), void *argument);

/* In a handler that interrupted the work: gives the work up, crash_stack_run returns as soon as the handler
 * has. False: that cannot be done here. */
bool crash_stack_abandon(void *context);

#endif
