/* From the raw ticks of a host to wall time, by the pairs of clock readings in the recording.
 *
 * Integers only, so that every host gets the same answer. The monotonic clock is a line through the readings;
 * wall time is that plus an offset which changes only where somebody set the clock: within a host later ticks
 * are later times, but across such a change. */
#ifndef ORDER_CLOCK_H
#define ORDER_CLOCK_H

#include "model/facts/facts.h"

/* Ticks of a TSC a second, when a recording has but one reading of its clocks. */
#define CLOCK_UNKNOWN_TICKS_PER_SECOND 1000000000u

struct clock_knot {
    uint64_t ticks;
    int64_t monotonic_ns;
};

struct clock_step {
    uint64_t ticks;    /* from here on */
    int64_t offset_ns; /* wall time - monotonic */
};

struct clock {
    bool ticks_are_ns;           /* of CLOCK_MONOTONIC */
    struct vec knots;            /* of struct clock_knot, both rising */
    struct vec steps;            /* of struct clock_step */
    uint64_t rate_ns, per_ticks; /* over all: so many ns in so many ticks */
    const struct vec *offsets;   /* of struct utc_offset */
};

/* One for each host of the facts, in their order; in the arena, together with the facts. */
struct clock *clocks_make(struct arena *arena, const struct facts *facts);

int64_t clock_monotonic_ns(const struct clock *clock, uint64_t ticks);

/* Since 1970, UTC. */
int64_t clock_realtime_ns(const struct clock *clock, uint64_t ticks);

/* How long so many ticks are. */
uint64_t clock_duration_ns(const struct clock *clock, uint64_t ticks);

/* Local time = UTC + this, at that moment; 0 when it was never recorded. */
int32_t clock_utc_offset(const struct clock *clock, uint64_t ticks);

#endif
