/* Work that needs a descriptor for some microseconds, done so that no other thread can meet it.
 *
 * With one thread, and in a vfork child, the work runs in place: signals are blocked, nobody else is there.
 * With several, it runs in a short-lived helper that shares our memory but has its own copy of the descriptor
 * table (clone with CLONE_VM and CLONE_VFORK, without CLONE_FILES); it sends no signal when it ends and is
 * reaped here. */
#ifndef SHIM_APART_H
#define SHIM_APART_H

#include <stdbool.h>

/* The work makes bare system calls only and sets *done last. Signals are blocked by the caller. Where no
 * helper can be had, the work runs in place. */
void apart_run(void (*work)(void *argument), void *argument, volatile bool *done);

#endif
