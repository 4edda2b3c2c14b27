/* Whether a process of the recording still runs on this machine. */
#ifndef PROCESSES_ALIVE_H
#define PROCESSES_ALIVE_H

#include "model/tree.h"

/* For tree_build: same boot of the same host, and the pid's process began before its last recorded sign of
 * life. */
/* The time now, or NO_TIME when it does not run. */
int64_t alive_now(const struct host *host, uint32_t pid, int64_t last_ns);

#endif
