/* Work that needs a descriptor for some microseconds, done so that no other thread can meet it.
 *
 * With one thread, and in a vfork child, the work runs in place: signals are blocked, nobody else is there.
 * With several, it runs in a short-lived helper that shares our memory but has its own copy of the descriptor
 * table (clone with CLONE_VM and CLONE_VFORK, without CLONE_FILES); it sends no signal when it ends and is
 * reaped here. */
#ifndef SHIM_APART_H
#define SHIM_APART_H

#include <stdbool.h>

/* Whether no other thread is there: libc knows of one only, or this is a vfork child. */
bool apart_is_alone(void);

/* The work makes bare system calls only and sets *done last. Signals are blocked by the caller. Where no
 * helper can be had, the work runs in place. */
void apart_run(void (*work)(void *argument), void *argument, volatile bool *done);

/* The same, always in a helper of its own descriptors; does nothing where none can be had. */
void apart_run_outside(void (*work)(void *argument), void *argument);

/* Starts a helper that shares our memory until it executes a program or ends, and returns then: its pid, or a
 * negative error number. To be reaped with wait4 and __WALL. The kernel makes it an ordinary child when it
 * executes a program, one that sends SIGCHLD: so this is for processes that apart_run_outside made. The work
 * makes bare system calls only. */
long apart_start(void (*work)(void *argument), void *argument);

#endif
