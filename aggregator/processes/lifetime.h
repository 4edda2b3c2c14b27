/* Lifetimes of pids: which spawn, which recorded process and which reap belong together. */
#ifndef PROCESSES_LIFETIME_H
#define PROCESSES_LIFETIME_H

#include "processes/join_processes.h"

/* A process in the making: the signs that belong to it. */
struct lifetime {
    struct process proc;             /* host, pid, and of what was recorded row and start */
    const struct fact *spawn, *reap; /* NULL: not seen */
    bool joined;                     /* another lifetime has its row now */
};

/* Of struct lifetime, in the arena; by host, pid and time. */
struct vec lifetimes_collect(struct arena *arena, const struct facts *facts);

/* Whether a wait's status is that of an end, not of a stop. */
bool lifetime_is_end(uint64_t wait_status);

#endif
