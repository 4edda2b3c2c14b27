/* The list of windows: adding, finding, widening. */
#include "timeline/stage_intervals.h"
#include "timeline/interval_parts.h"

static int by_start(const void *a, const void *b)
{
    const struct window *left = a, *right = b;
    if (left->root != right->root)
        return left->root < right->root ? -1 : 1;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return str_compare(left->stage, right->stage);
}

/* Keeps the order; two that are equal in it keep the order in which they were found. */
struct window *window_add(struct teller *t, struct str stage, uint32_t root, uint32_t owner, int64_t start_ns)
{
    struct window fresh = {.stage = stage, .root = root, .owner = owner, .start_ns = start_ns, .success = -1};
    fresh.end_ns = start_ns;
    size_t at = t->windows.count;
    while (at > 0 && by_start(VEC_AT(&t->windows, struct window, at - 1), &fresh) > 0)
        at--;
    struct window *window = vec_insert(t->arena, &t->windows, sizeof fresh, at);
    *window = fresh;
    return window;
}

struct window *window_at(const struct teller *t, uint32_t root, int64_t at_ns)
{
    struct window *found = NULL, *exact = NULL;
    VEC_EACH (struct window, window, &t->windows) {
        if (window->root != root || window->start_ns > at_ns || window->skipped)
            continue;
        found = window;
        if (window->exact && at_ns <= window->end_ns)
            exact = window;
    }
    return exact ? exact : found;
}

struct window *window_of(const struct teller *t, uint32_t root, struct str stage)
{
    struct window *found = NULL;
    VEC_EACH (struct window, window, &t->windows)
        if (window->root == root && str_equal(window->stage, stage))
            found = window;
    return found;
}

struct str window_stage_at(const struct teller *t, uint32_t node, int64_t at_ns)
{
    const struct window *window = window_at(t, teller_root(t, node), at_ns);
    return window ? window->stage : STR("");
}

struct str window_stage_of(const struct teller *t, const struct signal *signal)
{
    return signal->stage.len ? signal->stage : window_stage_at(t, signal->node, signal->at_ns);
}

void window_reach(struct window *window, int64_t end_ns)
{
    if (end_ns > window->end_ns && !window->exact)
        window->end_ns = end_ns;
}

struct window *window_exact(const struct teller *t, uint32_t root, struct str stage, int64_t from_ns,
                            int64_t to_ns)
{
    struct window *found = NULL;
    VEC_EACH (struct window, window, &t->windows)
        if (window->exact && window->root == root && str_equal(window->stage, stage) &&
            window->start_ns <= to_ns && window->end_ns >= from_ns)
            found = window;
    return found;
}

void window_hear(struct window *window, const struct signal *signal)
{
    if (!window->method.len)
        window->method = signal->method;
    if (!window->result.len)
        window->result = signal->result;
    if (window->success < 0)
        window->success = signal->success;
    if (!window->said && (signal->span != NONE || signal->from_note))
        window->said = signal;
    window->skipped |= signal->skipped;
}
