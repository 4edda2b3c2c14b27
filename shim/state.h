/* VLSHIM_STATE: one string, so that a child needs no system call to know its host, boot, clock and parent:
 *   2,<pid>,<start>,<parent pid>,<parent start>,<image>,<call>,<namespace>,<boot id>,<host>,<clock>,<crc>,
 *   <utc offset>,<utc until>,<outer pipes>,<secret>,<pattern>,<video>,<folder>
 * Numbers are hexadecimal; pid and start are those of the process that wrote it: after an exec they are the
 * reader's own, after a spawn its parent's. call is when the spawn began that it was written for; 0: an
 * exec, 1: environ, for whatever gets it. A pid says who one is within a PID namespace alone; namespace is
 * that of a writer whose pid is 1. */
#ifndef SHIM_STATE_H
#define SHIM_STATE_H

#include "self.h"
#include "video.h"
#include "words.h"

#include <stdbool.h>

#define STATE_NAME "VLSHIM_STATE="

#define STATE_BY_EXEC    0
#define STATE_IN_ENVIRON 1

/* Bytes that the entry takes at the most, its NUL included. */
size_t state_bytes(const struct video *video);

/* Writes the entry, name and all, for a child of `who` that works on `video`; call: see above. */
void state_put(struct words *w, const struct identity *who, uint64_t call, const struct video *video);

/* Reads a value into self, shim and the inherited video; false if it is not of this host or not readable. */
bool state_read(const char *value);

#endif
