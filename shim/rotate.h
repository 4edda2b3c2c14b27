/* VLSHIM_FULL=rotate: at the bound of VLSHIM_MAX_MB the oldest finished chunks make room for new ones. */
#ifndef SHIM_ROTATE_H
#define SHIM_ROTATE_H

#include <stdint.h>

/* Frees at least `wanted` bytes of a spool file by punching holes where its oldest finished chunks are;
 * readers take the zeros for padding. Returns what was freed, 0 if there is nothing to give up or the file
 * system cannot. */
uint64_t rotate_oldest(long fd, uint64_t wanted);

#endif
