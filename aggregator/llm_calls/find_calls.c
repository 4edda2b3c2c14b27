/* Finds all calls of a recording. */
#include "llm_calls/find_calls.h"

#include "llm_calls/observed_calls.h"

struct vec calls_claudes(const struct tree *tree, const struct vec *signals)
{
    struct vec claudes = {0};
    bool *is = arena_alloc(tree->arena, tree->nodes.count + 1);
    VEC_EACH (const struct signal, signal, signals)
        if (signal->kind == SIGNAL_FIX && signal->from_process)
            is[signal->node] = true;
    for (uint32_t n = 0; n < tree->nodes.count; n++) {
        bool below = false;
        for (uint32_t up = tree_node(tree, n)->parent; up != NONE && !below; up = tree_node(tree, up)->parent)
            below = is[up];
        if (is[n] && !below)
            *VEC_PUSH(tree->arena, &claudes, uint32_t) = n;
    }
    return claudes;
}

static int by_start(const void *a, const void *b)
{
    const struct call *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

/* What a run of the claude program asks is for the video that it was called for. */
static void give_films(const struct tree *tree, const struct vec *signals, struct vec *calls)
{
    VEC_EACH (const struct signal, signal, signals) {
        if (signal->kind != SIGNAL_FIX || !signal->from_process || signal->film == NONE)
            continue;
        VEC_EACH (struct call, call, calls)
            if (call->node != NONE && tree_below(tree, call->node, signal->node))
                call->film = signal->film;
    }
}

struct vec calls_find(const struct tree *tree, const struct vec *claudes, const struct vec *signals,
                      const struct transcripts *transcripts)
{
    struct vec calls = calls_seen(tree);
    calls_add_transcripts(tree, claudes, transcripts, &calls);
    calls_add_wire(tree, claudes, &calls);
    if (calls.count)
        give_films(tree, signals, &calls);
    calls_add_said(tree, signals, &calls);
    VEC_SORT(&calls, struct call, by_start);
    calls_link(tree->arena, &calls);
    return calls;
}
