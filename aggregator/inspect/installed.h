/* Where the recorder's parts lie: beside vlagg, or where `make install` puts them. */
#ifndef INSPECT_INSTALLED_H
#define INSPECT_INSTALLED_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>

/* Adds a struct finding for the library, for what it loads late, and for its helper. */
void installed_look(struct arena *arena, struct vec *findings);

/* Whether the recorder that is installed looks into CPython: then its file names what it asks an interpreter
 * for. */
bool installed_knows_python(struct arena *arena);

#endif
