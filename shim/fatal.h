/* Whether a signal that the program sends to itself ends it: nobody records anything afterwards. */
#ifndef SHIM_FATAL_H
#define SHIM_FATAL_H

#include <stdbool.h>

/* Two system calls. False where it cannot be told, and for signals whose crash is reported (crash.h). */
bool fatal_is(int number);

/* The same for calls that come often: a signal that was found to be handled is not asked for again. */
bool fatal_is_still(int number);

/* The program has set something for that signal. */
void fatal_changed(int number);

#endif
