/* Joins what a process said of itself with what its parent said of it: one row a process.
 *
 * A parent's spawn is the beginning of a life of that pid, its reap the end; a process seen from inside
 * belongs to the life that was open when it began. Lists belong to the arena, strings to the facts. */
#ifndef PROCESSES_JOIN_PROCESSES_H
#define PROCESSES_JOIN_PROCESSES_H

#include "model/process.h"

struct processes {
    struct vec list;  /* of struct process, by (host, begin, pid, start); parents need not come first */
    uint32_t *of_row; /* index of struct process for each struct recorded_process of the facts */
};

/* `facts` must be settled and outlive the result. */
struct processes join_processes(struct arena *arena, const struct facts *facts);

#endif
