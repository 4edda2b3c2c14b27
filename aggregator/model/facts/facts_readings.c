/* Readings of a host's clocks: the first and the last one of each bucket of time stay, so that their number
 * is bounded by how long a recording took, and the same ones stay in any grouping. */
#include "model/facts/facts_lists.h"

#define BUCKET_SHIFT 32 /* of clock readings: a first and a last one in each 2^32 ticks */

static int pair_order(const void *one, const void *other)
{
    const struct clock_pair *a = one, *b = other;
    LESS(a->ticks, b->ticks);
    LESS(a->error_ticks, b->error_ticks);
    LESS(a->realtime_ns, b->realtime_ns);
    LESS(a->monotonic_ns, b->monotonic_ns);
    return 0;
}

static uint64_t bucket_at(const struct vec *pairs, size_t i)
{
    return VEC_AT(pairs, struct clock_pair, i)->ticks >> BUCKET_SHIFT;
}

void facts_add_pair(struct facts *facts, uint32_t host, struct clock_pair pair)
{
    struct vec *pairs = &VEC_AT(&facts->hosts, struct host, host)->pairs;
    size_t at = vec_lower(pairs, sizeof pair, &pair, pair_order);
    uint64_t bucket = pair.ticks >> BUCKET_SHIFT;
    bool before = at > 0 && bucket_at(pairs, at - 1) == bucket;
    bool after = at < pairs->count && bucket_at(pairs, at) == bucket;
    if (after && (before || pair_order(VEC_AT(pairs, struct clock_pair, at), &pair) == 0))
        return; /* between the two that are kept, or one of them */
    bool full = before ? at > 1 && bucket_at(pairs, at - 2) == bucket
                       : after && at + 1 < pairs->count && bucket_at(pairs, at + 1) == bucket;
    if (full)
        *VEC_AT(pairs, struct clock_pair, before ? at - 1 : at) = pair;
    else
        *(struct clock_pair *)vec_insert(facts->arena, pairs, sizeof pair, at) = pair;
}

static int offset_order(const void *one, const void *other)
{
    const struct utc_offset *a = one, *b = other;
    LESS(a->ticks, b->ticks);
    LESS(a->seconds, b->seconds);
    return 0;
}

void facts_add_offset(struct facts *facts, uint32_t host, struct utc_offset offset)
{
    struct vec *offsets = &VEC_AT(&facts->hosts, struct host, host)->offsets;
    size_t at = vec_lower(offsets, sizeof offset, &offset, offset_order);
    uint64_t bucket = offset.ticks >> BUCKET_SHIFT;
    if (at > 0 && VEC_AT(offsets, struct utc_offset, at - 1)->ticks >> BUCKET_SHIFT == bucket)
        return;
    if (at < offsets->count && VEC_AT(offsets, struct utc_offset, at)->ticks >> BUCKET_SHIFT == bucket)
        *VEC_AT(offsets, struct utc_offset, at) = offset;
    else
        *(struct utc_offset *)vec_insert(facts->arena, offsets, sizeof offset, at) = offset;
}
