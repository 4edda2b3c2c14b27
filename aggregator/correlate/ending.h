/* How a process ended and what it used, from its own word and its parent's. */
#ifndef CORRELATE_ENDING_H
#define CORRELATE_ENDING_H

#include "correlate/process.h"

/* What the reaped children of a row used, and the largest of them. */
struct children {
    uint64_t user_us, system_us, maxrss_kb;
};

/* Sets end, processor time and memory. row: its record, reap: its parent's wait, children: what it reaped
 * itself; each may be NULL. */
void ending_set(struct proc *proc, const struct process *row, const struct fact *reap,
                const struct children *children);

#endif
