/* Finds the steps; for calls for help also what they were for. */
#include "attempts/attempts.h"

#include "timeline/stage_intervals.h"

static bool is_step(const struct signal *signal)
{
    return signal->kind == SIGNAL_OPERATION || signal->kind == SIGNAL_FIX || signal->kind == SIGNAL_ATTEMPT;
}

/* An image that ran the same program again (env, a wrapper) is the same step. */
static struct step *same_process(struct vec *steps, const struct signal *signal)
{
    VEC_EACH (struct step, step, steps)
        if (signal->from_process && step->signal->from_process && step->signal->node == signal->node)
            return step;
    return NULL;
}

/* Below another operation or fix: its helper. */
static bool is_helper(const struct video_context *t, const struct signal *signal)
{
    uint32_t parent = tree_node(t->tree, signal->node)->parent;
    return signal->from_process && parent != NONE && t->worker[parent];
}

static int64_t last_of(const struct video_context *t, const struct signal *signal)
{
    if (signal->end_ns != NO_TIME)
        return signal->end_ns;
    return signal->span != NONE ? VEC_AT(&t->tree->spans, struct span, signal->span)->last_ns
                                : tree_node(t->tree, signal->node)->last_ns;
}

static void add_step(struct video_context *t, struct vec *steps, const struct signal *signal)
{
    struct step *step = same_process(steps, signal);
    int64_t start = step ? step->start_ns : signal->at_ns;
    const struct node *node = tree_node(t->tree, signal->node);
    if (!step)
        step = VEC_PUSH(t->arena, steps, struct step);
    *step = (struct step){.kind = signal->kind == SIGNAL_OPERATION ? STEP_OPERATION
                                  : signal->kind == SIGNAL_FIX     ? STEP_FIX
                                                                   : STEP_INSIDE,
                          .signal = signal,
                          .start_ns = start,
                          .end_ns = signal->end_ns,
                          .last_ns = last_of(t, signal),
                          .root = node->root,
                          .stage = signal->stage,
                          .scene = signal->scene,
                          .method = signal->method,
                          .number = signal->span != NONE || signal->from_note ? signal->number : -1,
                          .reported = signal->span != NONE || signal->from_note ? signal : NULL};
}

static int by_start(const void *a, const void *b)
{
    const struct step *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    if (left->signal->node != right->signal->node)
        return left->signal->node < right->signal->node ? -1 : 1;
    if (left->signal->span != right->signal->span)
        return left->signal->span < right->signal->span ? -1 : 1;
    return str_compare(left->signal->path, right->signal->path);
}

static bool same_thread(const struct signal *a, const struct signal *b)
{
    return !a->tid || !b->tid || a->tid == b->tid;
}

/* Whether two processes were started by the same thread. */
static uint32_t starter_of(const struct video_context *t, const struct step *step)
{
    return step->signal->from_process ? tree_node(t->tree, step->signal->node)->parent : step->signal->node;
}

static bool same_starter(const struct video_context *t, const struct step *a, const struct step *b)
{
    return starter_of(t, a) == starter_of(t, b) && same_thread(a->signal, b->signal);
}

/* The file that names scene and number: the last one that the starter wrote before the call. */
static const struct signal *hint_for(const struct video_context *t, const struct step *fix)
{
    uint32_t starter = starter_of(t, fix);
    const struct signal *found = NULL;
    VEC_EACH (const struct signal, signal, t->signals) {
        if (signal->at_ns > fix->start_ns)
            break;
        if (signal->kind == SIGNAL_HINT && signal->node == starter && same_thread(signal, fix->signal))
            found = signal;
        if (signal->kind == SIGNAL_FIX && signal != fix->signal && found && same_thread(signal, found) &&
            signal->at_ns < fix->start_ns)
            found = NULL; /* that one was for an earlier call */
    }
    return found;
}

/* The operation that the same thread started next; without one, the last one before. */
static const struct step *neighbour(const struct video_context *t, const struct vec *steps,
                                    const struct step *fix)
{
    const struct step *before = NULL;
    VEC_EACH (const struct step, step, steps) {
        if (step->kind != STEP_OPERATION || !same_starter(t, step, fix))
            continue;
        if (step->start_ns >= fix->start_ns)
            return step;
        before = step;
    }
    return before;
}

static struct str look_up(const struct vec *pairs, struct str name, struct str otherwise)
{
    VEC_EACH (const struct signal_value, pair, pairs)
        if (str_equal(pair->name, name))
            return pair->value;
    return otherwise;
}

/* Which stage and scene a call for help is for. */
static void place_fix(struct video_context *t, const struct vec *steps, struct step *fix)
{
    const struct signal *hint = hint_for(t, fix);
    struct stage_interval *interval = stage_intervals_at(t, fix->root, fix->start_ns);
    const struct step *other = neighbour(t, steps, fix);
    if (!fix->stage.len && hint)
        fix->stage = hint->stage;
    if (!fix->stage.len && interval)
        fix->stage = interval->stage;
    else if (!fix->stage.len && other)
        fix->stage = other->stage;
    if (hint && !fix->reported) {
        fix->scene = hint->scene;
        fix->number = hint->number;
    } else if (!fix->scene.len && other && str_equal(other->stage, fix->stage)) {
        fix->scene = other->scene;
    }
    fix->method = look_up(&fix->signal->methods, fix->stage, fix->method);
    if (interval && str_equal(interval->stage, fix->stage))
        stage_intervals_reach(interval, fix->last_ns);
}

struct vec step_find(struct video_context *t)
{
    struct vec steps = {0};
    VEC_EACH (const struct signal, signal, t->signals)
        if (is_step(signal) && video_context_concerns(t, signal) && !is_helper(t, signal) &&
            !video_context_is_helpers(t, signal))
            add_step(t, &steps, signal);
    VEC_SORT(&steps, struct step, by_start);
    dedup_steps(t, &steps);
    VEC_EACH (struct step, step, &steps)
        if (step->kind == STEP_FIX)
            place_fix(t, &steps, step);
    return steps;
}
