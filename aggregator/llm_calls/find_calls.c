/* Finds all calls of a recording. */
#include "llm_calls/find_calls.h"

#include "llm_calls/observed_calls.h"

struct vec find_claude_runs(const struct tree *tree, const struct vec *signals)
{
    struct vec claude_runs = {0};
    bool *is = arena_alloc(tree->arena, tree->nodes.count + 1);
    VEC_EACH (const struct signal, signal, signals)
        if (signal->kind == SIGNAL_FIX && signal->from_process)
            is[signal->node] = true;
    for (uint32_t n = 0; n < tree->nodes.count; n++) {
        bool below = false;
        for (uint32_t up = tree_node(tree, n)->parent; up != NONE && !below; up = tree_node(tree, up)->parent)
            below = is[up];
        if (is[n] && !below)
            *VEC_PUSH(tree->arena, &claude_runs, uint32_t) = n;
    }
    return claude_runs;
}

static int by_start(const void *a, const void *b)
{
    const struct call *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

/* What a run of the claude program asks is for the video that it was called for. */
static void give_videos(const struct tree *tree, const struct vec *signals, struct vec *calls)
{
    VEC_EACH (const struct signal, signal, signals) {
        if (signal->kind != SIGNAL_FIX || !signal->from_process || signal->video == NONE)
            continue;
        VEC_EACH (struct call, call, calls)
            if (call->node != NONE && tree_below(tree, call->node, signal->node))
                call->video = signal->video;
    }
}

struct vec find_calls(const struct tree *tree, const struct vec *claude_runs, const struct vec *signals,
                      const struct transcripts *transcripts)
{
    struct vec calls = observed_calls(tree);
    transcript_calls_add(tree, claude_runs, transcripts, &calls);
    exchanges_add_times(tree, claude_runs, &calls);
    if (calls.count)
        give_videos(tree, signals, &calls);
    reported_calls_add(tree, signals, &calls);
    VEC_SORT(&calls, struct call, by_start);
    linking_link(tree->arena, &calls);
    return calls;
}
