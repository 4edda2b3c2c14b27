/* The list of stage intervals: adding, finding, widening. */
#include "timeline/stage_intervals.h"

static int by_start(const void *a, const void *b)
{
    const struct stage_interval *left = a, *right = b;
    if (left->root != right->root)
        return left->root < right->root ? -1 : 1;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return str_compare(left->stage, right->stage);
}

/* Keeps the order; two that are equal in it keep the order in which they were found. */
struct stage_interval *stage_intervals_add(struct video_context *t, struct str stage, uint32_t root,
                                           uint32_t owner, int64_t start_ns)
{
    struct stage_interval fresh = {
        .stage = stage, .root = root, .owner = owner, .start_ns = start_ns, .success = -1};
    fresh.end_ns = start_ns;
    size_t at = t->intervals.count;
    while (at > 0 && by_start(VEC_AT(&t->intervals, struct stage_interval, at - 1), &fresh) > 0)
        at--;
    struct stage_interval *interval = vec_insert(t->arena, &t->intervals, sizeof fresh, at);
    *interval = fresh;
    return interval;
}

struct stage_interval *stage_intervals_at(const struct video_context *t, uint32_t root, int64_t at_ns)
{
    struct stage_interval *found = NULL, *exact = NULL;
    VEC_EACH (struct stage_interval, interval, &t->intervals) {
        if (interval->root != root || interval->start_ns > at_ns || interval->skipped)
            continue;
        found = interval;
        if (interval->exact && at_ns <= interval->end_ns)
            exact = interval;
    }
    return exact ? exact : found;
}

struct stage_interval *stage_intervals_of(const struct video_context *t, uint32_t root, struct str stage)
{
    struct stage_interval *found = NULL;
    VEC_EACH (struct stage_interval, interval, &t->intervals)
        if (interval->root == root && str_equal(interval->stage, stage))
            found = interval;
    return found;
}

struct str stage_intervals_stage_at(const struct video_context *t, uint32_t node, int64_t at_ns)
{
    const struct stage_interval *interval = stage_intervals_at(t, video_context_root(t, node), at_ns);
    return interval ? interval->stage : STR("");
}

struct str stage_intervals_stage_of(const struct video_context *t, const struct signal *signal)
{
    return signal->stage.len ? signal->stage : stage_intervals_stage_at(t, signal->node, signal->at_ns);
}

void stage_intervals_reach(struct stage_interval *interval, int64_t end_ns)
{
    if (end_ns > interval->end_ns && !interval->exact)
        interval->end_ns = end_ns;
}

struct stage_interval *stage_intervals_exact(const struct video_context *t, uint32_t root, struct str stage,
                                             int64_t from_ns, int64_t to_ns)
{
    struct stage_interval *found = NULL;
    VEC_EACH (struct stage_interval, interval, &t->intervals)
        if (interval->exact && interval->root == root && str_equal(interval->stage, stage) &&
            interval->start_ns <= to_ns && interval->end_ns >= from_ns)
            found = interval;
    return found;
}

void stage_intervals_note_call(struct stage_interval *interval, const struct signal *signal)
{
    if (!interval->method.len)
        interval->method = signal->method;
    if (!interval->result.len)
        interval->result = signal->result;
    if (interval->success < 0)
        interval->success = signal->success;
    if (!interval->reported && (signal->span != NONE || signal->from_note))
        interval->reported = signal;
    interval->skipped |= signal->skipped;
}
