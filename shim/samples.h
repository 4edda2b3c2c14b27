/* Resource samples taken in passing: an event that ends after shim.sample_due takes one. No thread, no timer.
 */
#ifndef SHIM_SAMPLES_H
#define SHIM_SAMPLES_H

#include "shim.h"

/* Before main: what a process has inherited when its image begins. */
void samples_begin(void);

/* In a child of fork, which begins with a peak of its own. */
void samples_forked(void);

/* One sample now. Moves shim.sample_due; another thread that comes at the same time goes without. */
void samples_take(void);

/* The peak memory of this image alone, which a child carries over when it executes a program. rusage's may be
 * that of the image before, or of the parent: then /proc is asked. */
uint64_t samples_own_peak_kb(void);

/* Never less than that, and without a look at /proc. */
uint64_t samples_peak_bound_kb(void);

/* The last one, of a process that ends or becomes another program. */
void samples_end(void);

static inline void samples_pass(uint64_t ticks)
{
    if (unlikely(ticks > __atomic_load_n(&shim.sample_due, __ATOMIC_RELAXED)))
        samples_take();
}

#endif
