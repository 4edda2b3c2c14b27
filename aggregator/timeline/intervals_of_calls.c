/* Stage intervals of calls: stages of the video, and its shares of the stages of the whole run. */
#include "timeline/interval_parts.h"
#include "timeline/stage_intervals.h"

#include "timeline/activity.h"

#include "vl/event.h"

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

void stage_intervals_add_calls(struct video_context *t, uint32_t root)
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

void stage_intervals_add_shares(struct video_context *t, uint32_t root)
{
    for (size_t i = 0; i < t->signals->count; i++)
        if (begins_run_stage(t, i, root))
            add_share(t, i, root);
}
