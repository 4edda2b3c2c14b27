/* A run's own stages first, then what concerns the video alone, then what was only told afterwards. */
#include "timeline/stage_intervals.h"

#include "timeline/activity.h"

#include "vl/event.h"

/* ---- of calls: stages of the video, and its shares of the stages of the whole run ---- */

/* A function whose call is the stage of this video. */
static void add_call(struct video_context *t, const struct signal *signal, uint32_t root)
{
    const struct span *span = VEC_AT(&t->tree->spans, struct span, signal->span);
    struct stage_interval *interval =
        stage_intervals_exact(t, root, signal->stage, span->start_ns, span->last_ns);
    if (!interval) {
        interval = stage_intervals_add(t, signal->stage, root, signal->node, span->start_ns);
        interval->exact = true;
        interval->closed = span->how >= 0;
        interval->config = span->arguments;
        interval->rule = signal->rule;
    }
    stage_intervals_note_call(interval, signal);
    if (span->last_ns > interval->end_ns)
        interval->end_ns = span->last_ns;
}

static void add_calls(struct video_context *t, uint32_t root)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_STAGE && signal->span != NONE && signal->stage.len && !signal->whole_run &&
            video_context_concerns(t, signal) && video_context_root(t, signal->node) == root)
            add_call(t, signal, root);
}

static int64_t run_end(const struct video_context *t, uint32_t root)
{
    const struct node *node = tree_node(t->tree, root);
    return node->ended ? node->end_ns : node->last_ns;
}

static bool begins_run_stage(const struct video_context *t, size_t index, uint32_t root)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    return signal->kind == SIGNAL_STAGE && signal->whole_run && signal->stage.len && !signal->untimely &&
           video_context_root(t, signal->node) == root;
}

/* Where a run's stage ends: with its process, or where the next one begins, or with the run. *last: with the
 * run. */
static int64_t run_stage_end(const struct video_context *t, size_t index, uint32_t root, bool *last)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    bool lasts = signal->from_process || signal->span != NONE;
    *last = false;
    if (lasts && signal->end_ns != NO_TIME)
        return signal->end_ns;
    for (size_t i = index + 1; i < t->signals->count && !lasts; i++)
        if (begins_run_stage(t, i, root) && VEC_AT(t->signals, struct signal, i)->at_ns > signal->at_ns)
            return VEC_AT(t->signals, struct signal, i)->at_ns;
    *last = true;
    return run_end(t, root);
}

/* The video's share of a stage of the whole run. */
static void add_share(struct video_context *t, size_t index, uint32_t root)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    bool last;
    int64_t from = signal->at_ns, to = run_stage_end(t, index, root, &last);
    int64_t first = activity_first(t, root, from, to + 1);
    if (first == NO_TIME)
        return;
    int64_t end = activity_last(t, root, from, to + 1);
    struct stage_interval *before = stage_intervals_of(t, root, signal->stage);
    if (stage_intervals_exact(t, root, signal->stage, from, to))
        return;
    if (before && before->end_ns >= first) {
        stage_intervals_reach(before, end);
        return;
    }
    struct stage_interval *interval = stage_intervals_add(
        t, signal->stage, root, signal->node, activity_of_others(t, root, from, first) ? first : from);
    bool until_end = !activity_of_others(t, root, end, to);
    stage_intervals_reach(interval, until_end ? to : end);
    if (until_end && signal->ended == VL_SPAN_RAISE)
        stage_intervals_note_call(interval, signal); /* the video that the run worked on when it failed */
    interval->whole_run = true;
    interval->rule = signal->rule;
    interval->closed = !last || tree_node(t->tree, signal->node)->ended;
}

static void add_shares(struct video_context *t, uint32_t root)
{
    for (size_t i = 0; i < t->signals->count; i++)
        if (begins_run_stage(t, i, root))
            add_share(t, i, root);
}

/* ---- of what signals tell, in time or afterwards ---- */

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

static void add_signal(struct video_context *t, const struct signal *signal, uint32_t root)
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

static void add_late_signal(struct video_context *t, const struct signal *signal, uint32_t root)
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

/* ---- all of them ---- */

static bool shows_stage(const struct signal *signal)
{
    switch (signal->kind) {
    case SIGNAL_STAGE:
    case SIGNAL_STAGE_END:
    case SIGNAL_STAGE_SKIP:
        return true;
    case SIGNAL_OPERATION:
    case SIGNAL_ATTEMPT:
    case SIGNAL_VALIDATION:
    case SIGNAL_OUTPUT:
        return signal->stage.len > 0;
    default:
        return false;
    }
}

static bool is_of_run(const struct video_context *t, const struct signal *signal, uint32_t root)
{
    bool is_call = signal->kind == SIGNAL_STAGE && signal->span != NONE;
    return video_context_concerns(t, signal) && !signal->whole_run && shows_stage(signal) && !is_call &&
           !video_context_is_helpers(t, signal) && video_context_root(t, signal->node) == root;
}

/* The last stage interval of a run lasts as long as the run works on the video. */
static void end_last(struct video_context *t, uint32_t root)
{
    struct stage_interval *last = stage_intervals_at(t, root, INT64_MAX);
    if (!last || last->closed)
        return;
    stage_intervals_reach(last, activity_last(t, root, last->start_ns, INT64_MAX));
    last->closed = tree_node(t->tree, last->owner == NONE ? root : last->owner)->ended;
}

static void find_in_run(struct video_context *t, uint32_t root)
{
    add_calls(t, root);
    add_shares(t, root);
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (is_of_run(t, signal, root) && !signal->untimely)
            add_signal(t, signal, root);
    }
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (is_of_run(t, signal, root) && signal->untimely)
            add_late_signal(t, signal, root);
    }
    end_last(t, root);
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* The runs that the video was worked on in, in order. */
static struct vec runs_of(const struct video_context *t)
{
    struct vec all = {0}, runs = {0};
    VEC_EACH (const struct activity, activity, t->own_activities)
        if (!all.count || *VEC_LAST(&all, uint32_t) != activity->root)
            *VEC_PUSH(t->arena, &all, uint32_t) = activity->root;
    VEC_EACH (const struct signal, signal, t->signals)
        if (video_context_concerns(t, signal))
            *VEC_PUSH(t->arena, &all, uint32_t) = video_context_root(t, signal->node);
    VEC_SORT(&all, uint32_t, by_number);
    VEC_EACH (const uint32_t, root, &all)
        if (!runs.count || *VEC_LAST(&runs, uint32_t) != *root)
            *VEC_PUSH(t->arena, &runs, uint32_t) = *root;
    return runs;
}

void stage_intervals_find(struct video_context *t)
{
    struct vec runs = runs_of(t);
    VEC_EACH (const uint32_t, root, &runs)
        find_in_run(t, *root);
}
