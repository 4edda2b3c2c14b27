/* How a process ended and what it used, from its own word and its parent's. */
#ifndef PROCESSES_EXIT_H
#define PROCESSES_EXIT_H

#include "model/tree.h"
#include "processes/join_processes.h"

/* What the reaped children of a row used, and the largest of them. */
struct children {
    uint64_t user_us, system_us, maxrss_kb;
};

/* What is known of an end; each may be NULL. */
struct end_facts {
    const struct recorded_process *row; /* its record */
    const struct fact *reap;            /* its parent's wait */
    const struct fact *crash;           /* a fatal signal that it did not handle */
    const struct fact *kill;            /* a signal that it sent to itself, and that ended it */
    const struct children *children;    /* what it reaped itself */
};

/* Sets end, processor time and memory. */
void exit_set(struct process *proc, const struct end_facts *known);

/* Sets the peak memory, once it is known whether the last image was seen from inside. */
void exit_set_peak(struct process *proc, const struct recorded_process *row, const struct fact *reap,
                   const struct children *children);

/* Whether a process was ended because its time was up: by a SIGKILL of whoever started it, or by timeout(1).
 */
bool exit_is_timeout(const struct tree *tree, uint32_t node);

#endif
