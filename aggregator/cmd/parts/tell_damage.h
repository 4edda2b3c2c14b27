/* Telling what of a recording could not be read. */
#ifndef CMD_PARTS_TELL_DAMAGE_H
#define CMD_PARTS_TELL_DAMAGE_H

#include "usecases/read_spools.h"

#include <stdbool.h>

/* Prints it on stderr, one line each; returns STATUS_DAMAGE under strict when there is any, else STATUS_DONE.
 */
int tell_damage(const struct facts *facts, bool strict);

#endif
