/* Time: raw ticks for events, and now and then a reading of the kernel's clocks beside them. */
#ifndef SHIM_CLOCK_H
#define SHIM_CLOCK_H

#include "shim.h"

struct clock_reading {
    uint64_t ticks; /* raw; the two below were read within error_ticks after it */
    int64_t realtime_ns;
    uint64_t monotonic_ns;
    uint32_t error_ticks;
};

/* A call that is being timed, in units of 2^shim.shift ticks. */
struct timing {
    uint64_t start, end;
};

/* Nanoseconds of CLOCK_MONOTONIC and CLOCK_REALTIME, by system call. */
uint64_t clock_monotonic_ns(void);
int64_t clock_realtime_ns(void);

/* From now on time is told without system calls: as before where the processor's counter is read, else by the
 * vDSO, else it stands still. frozen: it stands still in any case, as the counter may not be read either. */
void clock_confine(bool frozen);

/* The confinement did not come, or was a vfork child's. */
void clock_set_free(void);

/* Reads the kernel's clocks between two looks at the ticks. */
struct clock_reading clock_read(void);

/* Whether the kernel itself keeps time by the processor's counter; two system calls. */
bool clock_kernel_uses_counter(void);

static inline uint64_t clock_ticks(void)
{
    if (likely(shim.tsc)) {
#if defined(__x86_64__)
        return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
        uint64_t t;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
        return t;
#endif
    }
    return clock_monotonic_ns();
}

static inline struct timing clock_timing(uint64_t start_ticks)
{
    return (struct timing){start_ticks >> shim.shift, clock_ticks() >> shim.shift};
}

static inline struct timing clock_instant(void)
{
    uint64_t now = clock_ticks() >> shim.shift;
    return (struct timing){now, now};
}

#endif
