/* Knots and steps from the pairs, and the interpolation between them. */
#include "order/clock.h"

#include "vl/spool.h"

#define STEP_NS 1000000 /* two readings in a row may differ by less without the clock having been set */

static struct clock_knot *knot(const struct clock *clock, size_t i)
{
    return VEC_AT(&clock->knots, struct clock_knot, i);
}

static void add_knot(struct arena *arena, struct clock *clock, const struct clock_pair *pair)
{
    const struct clock_knot *last = clock->knots.count ? VEC_LAST(&clock->knots, struct clock_knot) : NULL;
    int64_t monotonic_ns = (int64_t)pair->monotonic_ns;
    if (last && (pair->ticks <= last->ticks || monotonic_ns <= last->monotonic_ns))
        return;
    *VEC_PUSH(arena, &clock->knots, struct clock_knot) = (struct clock_knot){pair->ticks, monotonic_ns};
}

static uint64_t distance(int64_t a, int64_t b)
{
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

/* Wall time cannot be known better than the reading, so a careless one moves nothing. */
static void add_step(struct arena *arena, struct clock *clock, const struct clock_pair *pair)
{
    const struct clock_step *last = clock->steps.count ? VEC_LAST(&clock->steps, struct clock_step) : NULL;
    int64_t offset = (int64_t)((uint64_t)pair->realtime_ns - pair->monotonic_ns);
    uint64_t allowed = STEP_NS + clock_duration_ns(clock, pair->error_ticks);
    if (!last || distance(offset, last->offset_ns) > allowed)
        *VEC_PUSH(arena, &clock->steps, struct clock_step) = (struct clock_step){pair->ticks, offset};
}

static void set_rate(struct clock *clock)
{
    clock->rate_ns = 1000000000;
    clock->per_ticks = clock->ticks_are_ns ? 1000000000 : CLOCK_UNKNOWN_TICKS_PER_SECOND;
    if (clock->ticks_are_ns || clock->knots.count < 2)
        return;
    const struct clock_knot *first = knot(clock, 0), *last = knot(clock, clock->knots.count - 1);
    clock->rate_ns = (uint64_t)last->monotonic_ns - (uint64_t)first->monotonic_ns;
    clock->per_ticks = last->ticks - first->ticks;
}

static void make(struct arena *arena, const struct host *host, struct clock *clock)
{
    clock->ticks_are_ns = host->clock == VL_CLOCK_MONOTONIC;
    clock->offsets = &host->offsets;
    VEC_EACH (struct clock_pair, pair, &host->pairs)
        add_knot(arena, clock, pair);
    set_rate(clock);
    VEC_EACH (struct clock_pair, pair, &host->pairs)
        add_step(arena, clock, pair);
}

struct clock *clocks_make(struct arena *arena, const struct facts *facts)
{
    struct clock *clocks = arena_alloc(arena, facts->hosts.count * sizeof *clocks), *next = clocks;
    VEC_EACH (struct host, host, &facts->hosts)
        make(arena, host, next++);
    return clocks;
}

/* `from` moved by ticks at a rate; wraps instead of overflowing, should a recording lie. */
static int64_t move(int64_t from, uint64_t ticks, uint64_t since, uint64_t rate_ns, uint64_t per_ticks)
{
    __int128 ahead = ticks >= since ? (__int128)(ticks - since) : -(__int128)(since - ticks);
    __int128 product = ahead * rate_ns;
    __int128 ns = product / per_ticks;
    if (product < 0 && product % per_ticks)
        ns--; /* rounds down on both sides, so that later ticks are never earlier */
    return (int64_t)((uint64_t)from + (uint64_t)ns);
}

/* The last knot not after ticks, or the first. */
static size_t knot_before(const struct clock *clock, uint64_t ticks)
{
    size_t low = 0, high = clock->knots.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (knot(clock, middle)->ticks <= ticks)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t clock_monotonic_ns(const struct clock *clock, uint64_t ticks)
{
    if (clock->ticks_are_ns || !clock->knots.count)
        return (int64_t)ticks;
    size_t i = knot_before(clock, ticks);
    const struct clock_knot *a = knot(clock, i), *b = a + 1;
    bool between = ticks >= a->ticks && i + 1 < clock->knots.count;
    if (between)
        return move(a->monotonic_ns, ticks, a->ticks, (uint64_t)(b->monotonic_ns - a->monotonic_ns),
                    b->ticks - a->ticks);
    return move(a->monotonic_ns, ticks, a->ticks, clock->rate_ns, clock->per_ticks);
}

static int64_t offset_at(const struct clock *clock, uint64_t ticks)
{
    int64_t offset = 0;
    VEC_EACH (struct clock_step, step, &clock->steps) {
        if (step->ticks > ticks && step != (struct clock_step *)clock->steps.items)
            break;
        offset = step->offset_ns;
    }
    return offset;
}

int64_t clock_realtime_ns(const struct clock *clock, uint64_t ticks)
{
    return (int64_t)((uint64_t)clock_monotonic_ns(clock, ticks) + (uint64_t)offset_at(clock, ticks));
}

uint64_t clock_duration_ns(const struct clock *clock, uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * clock->rate_ns / clock->per_ticks);
}

static int offset_after(const void *one, const void *other)
{
    const struct utc_offset *a = one, *b = other;
    return a->ticks > b->ticks ? 1 : -1;
}

int32_t clock_utc_offset(const struct clock *clock, uint64_t ticks)
{
    struct utc_offset at = {.ticks = ticks};
    size_t later = vec_lower(clock->offsets, sizeof at, &at, offset_after);
    if (!clock->offsets->count)
        return 0;
    return VEC_AT(clock->offsets, struct utc_offset, later ? later - 1 : 0)->seconds;
}
