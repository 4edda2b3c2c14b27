/* Shells that libc started by itself: the call told its command and end, but not its pid. */
#ifndef PROCESSES_ANONYMOUS_SPAWN_H
#define PROCESSES_ANONYMOUS_SPAWN_H

#include "model/facts/facts.h"

/* A spawn without a pid, and the wait that goes with it. */
struct anonymous_spawn {
    const struct fact *spawn, *reap; /* reap NULL: not seen */
    uint32_t row;                    /* the process that it was; NONE: not recorded */
};

/* Of struct anonymous_spawn, by time. Each row is claimed once. */
struct vec anonymous_spawns_find(struct arena *arena, const struct facts *facts);

/* Whether a fact is one of them: it names no child. */
bool anonymous_spawn_is(const struct fact *fact);

#endif
