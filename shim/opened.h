/* A file came to be open: the one story that open, creat, mkstemp and their kin tell. */
#ifndef SHIM_OPENED_H
#define SHIM_OPENED_H

#include "clock.h"
#include "paths.h"

#include <stdbool.h>

/* fd: the call's result; negative: it failed with errno. temp: the call makes temporary files by its nature.
 */
void opened(int fd, int directory, const char *path, int flags, unsigned mode, bool temp, struct timing t);

/* The video that a path event belongs to, and, where it wrote or created, that the thread now works on.
 * error: what the call failed with, or 0. */
uint32_t path_event_video(const struct path *path, bool folder, bool writes, int error);

/* Whether a path lies below a folder for temporary files. */
bool path_is_temporary(const char *path);

#endif
