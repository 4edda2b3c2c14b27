/* A run's own stages first, then what concerns the video alone, then what was only told afterwards. */
#include "correlate/window.h"

#include "correlate/act.h"

#include "vl/event.h"

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
static struct window *add(struct teller *t, struct str stage, uint32_t root, uint32_t owner, int64_t start_ns)
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

void window_reach(struct window *window, int64_t end_ns)
{
    if (end_ns > window->end_ns && !window->exact)
        window->end_ns = end_ns;
}

/* The end of the last window of the run that began before; the beginning of time when there is none. */
static int64_t end_before(const struct teller *t, uint32_t root, int64_t at_ns)
{
    const struct window *window = window_at(t, root, at_ns);
    return window ? window->end_ns : INT64_MIN + 1;
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

/* The window of a call that was the stage, and lies within that time; NULL: there is none. */
static struct window *window_exact(const struct teller *t, uint32_t root, struct str stage, int64_t from_ns,
                                   int64_t to_ns)
{
    struct window *found = NULL;
    VEC_EACH (struct window, window, &t->windows)
        if (window->exact && window->root == root && str_equal(window->stage, stage) &&
            window->start_ns <= to_ns && window->end_ns >= from_ns)
            found = window;
    return found;
}

/* What the call was given and gave back; of calls within calls the outer one's word counts. */
static void hear(struct window *window, const struct signal *signal)
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

/* A function whose call is the stage of this video. */
static void add_call(struct teller *t, const struct signal *signal, uint32_t root)
{
    const struct span *span = VEC_AT(&t->tree->spans, struct span, signal->span);
    struct window *window = window_exact(t, root, signal->stage, span->start_ns, span->last_ns);
    if (!window) {
        window = add(t, signal->stage, root, signal->node, span->start_ns);
        window->exact = true;
        window->closed = span->how >= 0;
        window->config = span->arguments;
        window->rule = signal->rule;
    }
    hear(window, signal);
    if (span->last_ns > window->end_ns)
        window->end_ns = span->last_ns;
}

static void add_calls(struct teller *t, uint32_t root)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_STAGE && signal->span != NONE && signal->stage.len && !signal->whole_run &&
            teller_concerns(t, signal) && teller_root(t, signal->node) == root)
            add_call(t, signal, root);
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
        add(t, signal->stage, root, signal->node, act_of_others(t, root, from, first) ? first : from);
    bool until_end = !act_of_others(t, root, end, to);
    window_reach(window, until_end ? to : end);
    if (until_end && signal->ended == VL_SPAN_RAISE)
        hear(window, signal); /* the video that the run worked on when it failed */
    window->whole_run = true;
    window->rule = signal->rule;
    window->closed = !last || tree_node(t->tree, signal->node)->ended;
}

static void add_shares(struct teller *t, uint32_t root)
{
    for (size_t i = 0; i < t->signals->count; i++)
        if (begins_run_stage(t, i, root))
            add_share(t, i, root);
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
    return add(t, stage, root, owner_of(t, signal), begin);
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

static void take(struct teller *t, const struct signal *signal, uint32_t root)
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
        hear(window, signal);
    } else {
        window_reach(window, signal_end(t, signal));
        if (signal->from_note && !window->method.len)
            window->method = signal->method;
    }
    if (!window->rule.len)
        window->rule = signal->rule;
    add_values(t, window, signal);
}

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

static bool is_of_run(const struct teller *t, const struct signal *signal, uint32_t root)
{
    bool is_call = signal->kind == SIGNAL_STAGE && signal->span != NONE;
    return teller_concerns(t, signal) && !signal->whole_run && shows_stage(signal) && !is_call &&
           !teller_is_helpers(t, signal) && teller_root(t, signal->node) == root;
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
    struct window *window = add(t, signal->stage, root, signal->node, from);
    window_reach(window, to);
    window->closed = true;
    return window;
}

static void take_late(struct teller *t, const struct signal *signal, uint32_t root)
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

/* The last window of a run lasts as long as the run works on the video. */
static void end_last(struct teller *t, uint32_t root)
{
    struct window *last = window_at(t, root, INT64_MAX);
    if (!last || last->closed)
        return;
    window_reach(last, act_last(t, root, last->start_ns, INT64_MAX));
    last->closed = tree_node(t->tree, last->owner == NONE ? root : last->owner)->ended;
}

static void find_in_run(struct teller *t, uint32_t root)
{
    add_calls(t, root);
    add_shares(t, root);
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (is_of_run(t, signal, root) && !signal->untimely)
            take(t, signal, root);
    }
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (is_of_run(t, signal, root) && signal->untimely)
            take_late(t, signal, root);
    }
    end_last(t, root);
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* The runs that the video was worked on in, in order. */
static struct vec runs_of(const struct teller *t)
{
    struct vec all = {0}, runs = {0};
    VEC_EACH (const struct act, act, t->own_acts)
        if (!all.count || *VEC_LAST(&all, uint32_t) != act->root)
            *VEC_PUSH(t->arena, &all, uint32_t) = act->root;
    VEC_EACH (const struct signal, signal, t->signals)
        if (teller_concerns(t, signal))
            *VEC_PUSH(t->arena, &all, uint32_t) = teller_root(t, signal->node);
    VEC_SORT(&all, uint32_t, by_number);
    VEC_EACH (const uint32_t, root, &all)
        if (!runs.count || *VEC_LAST(&runs, uint32_t) != *root)
            *VEC_PUSH(t->arena, &runs, uint32_t) = *root;
    return runs;
}

void window_find(struct teller *t)
{
    struct vec runs = runs_of(t);
    VEC_EACH (const uint32_t, root, &runs)
        find_in_run(t, *root);
}
