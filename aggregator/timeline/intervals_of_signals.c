/* Stage intervals of which signals tell, in time or afterwards. */
#include "timeline/interval_parts.h"
#include "timeline/stage_intervals.h"

#include "timeline/activity.h"

/* The end of the last stage interval of the run that began before; the beginning of time when there is none.
 */
static int64_t end_before(const struct video_context *t, uint32_t root, int64_t at_ns)
{
    const struct stage_interval *interval = stage_intervals_at(t, root, at_ns);
    return interval ? interval->end_ns : INT64_MIN + 1;
}

/* The process that leads the stage that a signal belongs to. */
static uint32_t owner_of(const struct video_context *t, const struct signal *signal)
{
    uint32_t parent = tree_node(t->tree, signal->node)->parent;
    bool is_own_stage = signal->kind == SIGNAL_STAGE;
    return signal->from_process && !is_own_stage && parent != NONE ? parent : signal->node;
}

/* Where a stage began of which the first sign is this one. */
static int64_t begin_of(const struct video_context *t, const struct signal *signal, uint32_t root)
{
    if (signal->from_process || signal->kind == SIGNAL_STAGE || signal->kind == SIGNAL_STAGE_SKIP)
        return signal->at_ns;
    int64_t first = activity_first(t, root, end_before(t, root, signal->at_ns), signal->at_ns + 1);
    return first == NO_TIME ? signal->at_ns : first;
}

/* What came before this stage interval lasted until it, if nothing said otherwise. */
static void end_previous(struct video_context *t, uint32_t root, int64_t at_ns)
{
    struct stage_interval *previous = stage_intervals_at(t, root, at_ns);
    if (!previous || previous->closed)
        return;
    int64_t last = activity_last(t, root, previous->start_ns, at_ns);
    stage_intervals_reach(previous, last);
    previous->closed = true;
}

/* The stage interval that a signal of its stage belongs to: the stage's last one, if no other has begun
 * since. */
static struct stage_interval *interval_for(struct video_context *t, const struct signal *signal,
                                           uint32_t root)
{
    struct str stage = signal->stage;
    struct stage_interval *now = stage_intervals_at(t, root, signal->at_ns), *own = NULL;
    if (!stage.len || (now && str_equal(now->stage, stage)))
        return now;
    VEC_EACH (struct stage_interval, interval, &t->intervals)
        if (interval->root == root && str_equal(interval->stage, stage) &&
            interval->start_ns <= signal->at_ns && interval->end_ns >= signal->at_ns)
            own = interval;
    if (!own)
        own = stage_intervals_exact(t, root, stage, INT64_MIN, INT64_MAX);
    if (own)
        return own;
    int64_t begin = begin_of(t, signal, root);
    end_previous(t, root, begin);
    return stage_intervals_add(t, stage, root, owner_of(t, signal), begin);
}

static void add_values(struct video_context *t, struct stage_interval *interval, const struct signal *signal)
{
    VEC_EACH (const struct signal_value, value, &signal->values)
        *VEC_PUSH(t->arena, &interval->values, struct signal_value) = *value;
}

static int64_t signal_end(const struct video_context *t, const struct signal *signal)
{
    return signal->end_ns == NO_TIME ? tree_node(t->tree, signal->node)->last_ns : signal->end_ns;
}

void stage_intervals_add_signal(struct video_context *t, const struct signal *signal, uint32_t root)
{
    struct stage_interval *interval = interval_for(t, signal, root);
    if (!interval)
        return;
    if (signal->kind == SIGNAL_STAGE_SKIP) {
        interval->skipped = interval->closed = true;
    } else if (signal->kind == SIGNAL_STAGE_END) {
        if (!interval->exact &&
            signal->at_ns >= activity_last(t, root, interval->start_ns, signal->at_ns + 1))
            interval->end_ns = signal->at_ns;
        interval->closed = true;
        if (!interval->exact || interval->success < 0)
            interval->success = signal->success;
        stage_intervals_note_call(interval, signal);
    } else {
        stage_intervals_reach(interval, signal_end(t, signal));
        if (signal->from_note && !interval->method.len)
            interval->method = signal->method;
    }
    if (!interval->rule.len)
        interval->rule = signal->rule;
    add_values(t, interval, signal);
}

static size_t order_of(const struct video_context *t, struct str stage)
{
    size_t at = 0;
    while (at < t->stage_order->count && !str_equal(*VEC_AT(t->stage_order, struct str, at), stage))
        at++;
    return at;
}

/* A stage of which only a late line tells: between the stages before it and after it in the pipeline's order.
 */
static struct stage_interval *squeeze_in(struct video_context *t, const struct signal *signal, uint32_t root)
{
    size_t place = order_of(t, signal->stage);
    int64_t from = activity_first(t, root, INT64_MIN, INT64_MAX),
            to = activity_last(t, root, INT64_MIN, INT64_MAX);
    VEC_EACH (const struct stage_interval, interval, &t->intervals) {
        if (interval->root != root || interval->skipped)
            continue;
        size_t other = order_of(t, interval->stage);
        if (other < place && interval->end_ns > from)
            from = interval->end_ns;
        if (other > place && interval->start_ns < to)
            to = interval->start_ns;
    }
    if (from == NO_TIME)
        from = to = signal->at_ns;
    struct stage_interval *interval = stage_intervals_add(t, signal->stage, root, signal->node, from);
    stage_intervals_reach(interval, to);
    interval->closed = true;
    return interval;
}

void stage_intervals_add_late_signal(struct video_context *t, const struct signal *signal, uint32_t root)
{
    if (!signal->stage.len)
        return;
    struct stage_interval *interval = stage_intervals_of(t, root, signal->stage);
    if (!interval)
        interval = squeeze_in(t, signal, root);
    if (signal->kind == SIGNAL_STAGE_SKIP)
        interval->skipped = true;
    if (signal->kind == SIGNAL_STAGE_END)
        interval->success = signal->success;
    add_values(t, interval, signal);
}
