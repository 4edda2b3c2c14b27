/* The spool's folders and files: claiming a chunk, counting what could not be kept.
 *
 * A claim appends zeros to the file of this host and boot in the video's folder and maps them; the descriptor
 * it takes is met by nobody (apart.h). */
#ifndef SHIM_SPOOL_H
#define SHIM_SPOOL_H

#include "vl/event.h"
#include "vl/spool.h"
#include "vl/version.h"

#include <stdbool.h>
#include <stdint.h>

struct claim {
    uint32_t video;        /* in: see video.h */
    uint32_t bytes;        /* in: a multiple of VL_PAGE */
    uint8_t *base;         /* out: mapped and all zero, NULL on failure */
    enum vl_reason reason; /* out, on failure */
    volatile bool done;    /* the work is over, wherever it was done */
};

/* The spool's absolute path, made from VLSHIM_SPOOL or the working directory. Before main; makes no folder.
 * False: there is none and never will be. */
bool spool_init(void);
const char *spool_path(void);

/* Signals are blocked by the caller. Never touches errno. */
bool spool_claim(struct claim *c);

/* Why a program that begins here and now could not record: an errno; 0: it can, or that is not known. Up to
 * three system calls. */
int spool_denies(uint32_t *user);

void spool_release(void *base, uint32_t bytes);

/* The control page's mapping, if an address lies in it. From a signal handler. */
bool spool_find_control(uintptr_t address, void **base, uint32_t *bytes);

/* The control page; NULL: not mapped yet. What it counts is for spool.c alone. */
struct vl_control *spool_control(void);

/* Counts something that is not recorded. Any context. */
void spool_dropped(enum vl_reason reason);

/* Where the count is in no page that is shared: writes it down. At a process's end, and before an exec. */
void spool_ending(void);

/* In a forked child: what was counted is its parent's. */
void spool_forked(void);

#endif
