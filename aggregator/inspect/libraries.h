/* Which libraries the loader would take for a program: the loader itself is asked, which runs nothing of the
 * program. */
#ifndef INSPECT_LIBRARIES_H
#define INSPECT_LIBRARIES_H

#include "base/arena.h"
#include "base/str.h"

/* The path of the library that is loaded with the program (or library) at `path`, whose file name begins with
 * `prefix`; "": none. */
struct str libraries_find(struct arena *arena, const char *path, struct str prefix);

#endif
