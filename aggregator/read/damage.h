/* The list of what could not be read: data, not failure. */
#ifndef READ_DAMAGE_H
#define READ_DAMAGE_H

#include "model/facts/facts.h"

/* Strings and list belong to the arena. */
struct damages {
    struct arena *arena;
    struct vec list; /* of struct damage */
};

/* `what` is one sentence. Damage that goes on where the last one ended joins it and keeps its sentence. */
void damage_add(struct damages *damages, struct str file, uint64_t offset, uint64_t bytes, const char *what);

#endif
