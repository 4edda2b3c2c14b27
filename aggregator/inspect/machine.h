/* What the recorder needs of this machine, and where it is. */
#ifndef INSPECT_MACHINE_H
#define INSPECT_MACHINE_H

#include "base/arena.h"
#include "base/vec.h"

/* struct finding, in a fixed order. */
struct vec machine_look(struct arena *arena);

#endif
