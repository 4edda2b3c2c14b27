/* Names for addresses: function from the symbol tables, file and line from DWARF, in the module's own file or
 * in a separate one of the same build id. Nothing is fetched from a network, and nothing of a module is run.
 *
 * A file that is gone, or is not the one that ran, gives no names: its frames stay module and offset. */
#ifndef SYMBOLS_SYMBOLS_H
#define SYMBOLS_SYMBOLS_H

#include "base/arena.h"
#include "model/crash.h"

/* Fills in the frames of all crashes (struct crash); strings live in the arena. */
void symbols_fill(struct arena *arena, const struct vec *crashes);

#endif
