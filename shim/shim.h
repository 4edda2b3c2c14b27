/* The few words that every hook looks at, on one cache line. Written by init.c before main and, but for
 * sample_due and prompts, never after. */
#ifndef SHIM_SHIM_H
#define SHIM_SHIM_H

#include "raw.h"

#include <stdbool.h>
#include <stdint.h>

struct shim {
    bool on;        /* false: every hook forwards and does nothing else */
    bool tsc;       /* ticks are the processor's counter, else CLOCK_MONOTONIC */
    uint8_t shift;  /* ticks are recorded in units of 2^shift */
    uint8_t clock;  /* enum vl_clock */
    bool crc;       /* the processor has the CRC-32C instruction */
    bool prompts;   /* this process writes to a claude program's standard input; set when it first does */
    uint32_t plain; /* connections of plain.h; relaxed atomic */
    uint64_t sample_due; /* ticks: a resource sample is taken by the first event after this; relaxed atomic */
};

extern struct shim shim __attribute__((aligned(64)));

/* Whether what libc and we keep for each thread is there: a child of clone may have been given other memory
 * for it (CLONE_SETTLS), as sandboxes do for one that calls chroot. Every thread begins with this mark. */
#define THREAD_MARK 0x9e3779b97f4a7c15u
extern __thread const uint64_t thread_mark __attribute__((tls_model("initial-exec")));
static inline bool shim_in_thread(void) { return likely(thread_mark == THREAD_MARK); }

/* No hook does more than forward before init.c has run, where the shim is off, and in no thread. */
static inline bool shim_on(void) { return likely(shim.on) && shim_in_thread(); }

#endif
