/* A process begins without exec: what its parent records, and what the child must know of itself. */
#ifndef SHIM_BIRTH_H
#define SHIM_BIRTH_H

#include "vl/event.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Before a call like fork: the moment that it begins at. */
uint64_t birth_begins(void);

/* After a call like fork, on either side; gives pid back and keeps errno. */
pid_t birth_forked(pid_t pid, enum vl_start how, uint64_t start);

/* In a child that runs in its parent's memory, on its thread, while the parent waits. */
void birth_vfork_child(void);

/* Back in the parent; pid is the call's result, negative: it failed. */
void birth_vfork_parent(pid_t pid, enum vl_start how);

/* Before a program of this libc begins, or after: that it cannot record, if so. */
void birth_tell_denied(void);

/* The peak memory that a program begins with which a child of this process executes: what the kernel carries
 * over. A program that tells it itself is not worth a look at /proc: then the figure may be too large. */
uint64_t birth_peak_kb(bool stranger);

#endif
