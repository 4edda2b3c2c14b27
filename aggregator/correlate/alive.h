/* Whether a process of the recording still runs on this machine. */
#ifndef CORRELATE_ALIVE_H
#define CORRELATE_ALIVE_H

#include "model/facts.h"

/* For tree_build: same boot of the same host, and the pid's process began before its last recorded sign of
 * life. */
bool alive_now(const struct host *host, uint32_t pid, int64_t last_ns);

#endif
