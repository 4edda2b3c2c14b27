/* Windows of which signals tell, in time or afterwards. */
#include "timeline/interval_parts.h"
#include "timeline/stage_intervals.h"

#include "timeline/activity.h"

/* The end of the last window of the run that began before; the beginning of time when there is none. */
static int64_t end_before(const struct teller *t, uint32_t root, int64_t at_ns)
{
    const struct window *window = window_at(t, root, at_ns);
    return window ? window->end_ns : INT64_MIN + 1;
}

/* The process that leads the stage that a signal belongs to. */
static uint32_t owner_of(const struct teller *t, const struct signal *signal)
{
    uint32_t parent = tree_node(t->tree, signal->node)->parent;
    bool is_own_stage = signal->kind == SIGNAL_STAGE;
    return signal->from_process && !is_own_stage && parent != NONE ? parent : signal->node;
}

/* Where a stage began of which the first sign is this one. */
static int64_t begin_of(const struct teller *t, const struct signal *signal, uint32_t root)
{
    if (signal->from_process || signal->kind == SIGNAL_STAGE || signal->kind == SIGNAL_STAGE_SKIP)
        return signal->at_ns;
    int64_t first = act_first(t, root, end_before(t, root, signal->at_ns), signal->at_ns + 1);
    return first == NO_TIME ? signal->at_ns : first;
}

/* What came before this window lasted until it, if nothing said otherwise. */
static void end_previous(struct teller *t, uint32_t root, int64_t at_ns)
{
    struct window *previous = window_at(t, root, at_ns);
    if (!previous || previous->closed)
        return;
    int64_t last = act_last(t, root, previous->start_ns, at_ns);
    window_reach(previous, last);
    previous->closed = true;
}

/* The window that a signal of its stage belongs to: the stage's last one, if no other has begun since. */
static struct window *window_for(struct teller *t, const struct signal *signal, uint32_t root)
{
    struct str stage = signal->stage;
    struct window *now = window_at(t, root, signal->at_ns), *own = NULL;
    if (!stage.len || (now && str_equal(now->stage, stage)))
        return now;
    VEC_EACH (struct window, window, &t->windows)
        if (window->root == root && str_equal(window->stage, stage) && window->start_ns <= signal->at_ns &&
            window->end_ns >= signal->at_ns)
            own = window;
    if (!own)
        own = window_exact(t, root, stage, INT64_MIN, INT64_MAX);
    if (own)
        return own;
    int64_t begin = begin_of(t, signal, root);
    end_previous(t, root, begin);
    return window_add(t, stage, root, owner_of(t, signal), begin);
}

static void add_values(struct teller *t, struct window *window, const struct signal *signal)
{
    VEC_EACH (const struct signal_value, value, &signal->values)
        *VEC_PUSH(t->arena, &window->values, struct signal_value) = *value;
}

static int64_t signal_end(const struct teller *t, const struct signal *signal)
{
    return signal->end_ns == NO_TIME ? tree_node(t->tree, signal->node)->last_ns : signal->end_ns;
}

void window_take(struct teller *t, const struct signal *signal, uint32_t root)
{
    struct window *window = window_for(t, signal, root);
    if (!window)
        return;
    if (signal->kind == SIGNAL_STAGE_SKIP) {
        window->skipped = window->closed = true;
    } else if (signal->kind == SIGNAL_STAGE_END) {
        if (!window->exact && signal->at_ns >= act_last(t, root, window->start_ns, signal->at_ns + 1))
            window->end_ns = signal->at_ns;
        window->closed = true;
        if (!window->exact || window->success < 0)
            window->success = signal->success;
        window_hear(window, signal);
    } else {
        window_reach(window, signal_end(t, signal));
        if (signal->from_note && !window->method.len)
            window->method = signal->method;
    }
    if (!window->rule.len)
        window->rule = signal->rule;
    add_values(t, window, signal);
}

static size_t order_of(const struct teller *t, struct str stage)
{
    size_t at = 0;
    while (at < t->stage_order->count && !str_equal(*VEC_AT(t->stage_order, struct str, at), stage))
        at++;
    return at;
}

/* A stage of which only a late line tells: between the stages before it and after it in the pipeline's order.
 */
static struct window *squeeze_in(struct teller *t, const struct signal *signal, uint32_t root)
{
    size_t place = order_of(t, signal->stage);
    int64_t from = act_first(t, root, INT64_MIN, INT64_MAX), to = act_last(t, root, INT64_MIN, INT64_MAX);
    VEC_EACH (const struct window, window, &t->windows) {
        if (window->root != root || window->skipped)
            continue;
        size_t other = order_of(t, window->stage);
        if (other < place && window->end_ns > from)
            from = window->end_ns;
        if (other > place && window->start_ns < to)
            to = window->start_ns;
    }
    if (from == NO_TIME)
        from = to = signal->at_ns;
    struct window *window = window_add(t, signal->stage, root, signal->node, from);
    window_reach(window, to);
    window->closed = true;
    return window;
}

void window_take_late(struct teller *t, const struct signal *signal, uint32_t root)
{
    if (!signal->stage.len)
        return;
    struct window *window = window_of(t, root, signal->stage);
    if (!window)
        window = squeeze_in(t, signal, root);
    if (signal->kind == SIGNAL_STAGE_SKIP)
        window->skipped = true;
    if (signal->kind == SIGNAL_STAGE_END)
        window->success = signal->success;
    add_values(t, window, signal);
}
