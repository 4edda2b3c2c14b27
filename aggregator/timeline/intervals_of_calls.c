/* Windows of calls: stages of the video, and its shares of the stages of the whole run. */
#include "timeline/interval_parts.h"
#include "timeline/stage_intervals.h"

#include "timeline/activity.h"

#include "vl/event.h"

/* A function whose call is the stage of this video. */
static void add_call(struct teller *t, const struct signal *signal, uint32_t root)
{
    const struct span *span = VEC_AT(&t->tree->spans, struct span, signal->span);
    struct window *window = window_exact(t, root, signal->stage, span->start_ns, span->last_ns);
    if (!window) {
        window = window_add(t, signal->stage, root, signal->node, span->start_ns);
        window->exact = true;
        window->closed = span->how >= 0;
        window->config = span->arguments;
        window->rule = signal->rule;
    }
    window_hear(window, signal);
    if (span->last_ns > window->end_ns)
        window->end_ns = span->last_ns;
}

void window_take_calls(struct teller *t, uint32_t root)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_STAGE && signal->span != NONE && signal->stage.len && !signal->whole_run &&
            teller_concerns(t, signal) && teller_root(t, signal->node) == root)
            add_call(t, signal, root);
}

static int64_t run_end(const struct teller *t, uint32_t root)
{
    const struct node *node = tree_node(t->tree, root);
    return node->ended ? node->end_ns : node->last_ns;
}

static bool begins_run_stage(const struct teller *t, size_t index, uint32_t root)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    return signal->kind == SIGNAL_STAGE && signal->whole_run && signal->stage.len && !signal->untimely &&
           teller_root(t, signal->node) == root;
}

/* Where a run's stage ends: with its process, or where the next one begins, or with the run. *last: with the
 * run. */
static int64_t run_stage_end(const struct teller *t, size_t index, uint32_t root, bool *last)
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
static void add_share(struct teller *t, size_t index, uint32_t root)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    bool last;
    int64_t from = signal->at_ns, to = run_stage_end(t, index, root, &last);
    int64_t first = act_first(t, root, from, to + 1);
    if (first == NO_TIME)
        return;
    int64_t end = act_last(t, root, from, to + 1);
    struct window *before = window_of(t, root, signal->stage);
    if (window_exact(t, root, signal->stage, from, to))
        return;
    if (before && before->end_ns >= first) {
        window_reach(before, end);
        return;
    }
    struct window *window =
        window_add(t, signal->stage, root, signal->node, act_of_others(t, root, from, first) ? first : from);
    bool until_end = !act_of_others(t, root, end, to);
    window_reach(window, until_end ? to : end);
    if (until_end && signal->ended == VL_SPAN_RAISE)
        window_hear(window, signal); /* the video that the run worked on when it failed */
    window->whole_run = true;
    window->rule = signal->rule;
    window->closed = !last || tree_node(t->tree, signal->node)->ended;
}

void window_take_shares(struct teller *t, uint32_t root)
{
    for (size_t i = 0; i < t->signals->count; i++)
        if (begins_run_stage(t, i, root))
            add_share(t, i, root);
}
