/* How a process ended and what it used, from its own word and its parent's. */
#ifndef CORRELATE_ENDING_H
#define CORRELATE_ENDING_H

#include "correlate/process.h"

/* What the reaped children of a row used, and the largest of them. */
struct children {
    uint64_t user_us, system_us, maxrss_kb;
};

/* Sets end and processor time. row: its record, reap: its parent's wait, children: what it reaped
 * itself; each may be NULL. */
void ending_set(struct proc *proc, const struct process *row, const struct fact *reap,
                const struct children *children);

/* Sets the peak memory, once it is known whether the last image was seen from inside. */
void ending_set_peak(struct proc *proc, const struct process *row, const struct fact *reap,
                     const struct children *children);

#endif
