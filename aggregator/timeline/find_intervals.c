/* A run's own stages first, then what concerns the video alone, then what was only told afterwards. */
#include "timeline/interval_parts.h"
#include "timeline/stage_intervals.h"

#include "timeline/activity.h"

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
    stage_intervals_add_calls(t, root);
    stage_intervals_add_shares(t, root);
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (is_of_run(t, signal, root) && !signal->untimely)
            stage_intervals_add_signal(t, signal, root);
    }
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (is_of_run(t, signal, root) && signal->untimely)
            stage_intervals_add_late_signal(t, signal, root);
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
