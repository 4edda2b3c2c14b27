/* What the recorder will see of a program, and of this machine. */
#ifndef USECASES_EXAMINE_H
#define USECASES_EXAMINE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

/* words: the command, ended by NULL; none: the machine alone is looked at. Nothing of the command is run. A
 * program that is not found, and output that cannot be written, are errors. */
int examine_program(char *const *words, bool json, FILE *out, struct err *err);

#endif
