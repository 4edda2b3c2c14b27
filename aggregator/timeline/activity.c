/* Collects activities from processes, file accesses and occurrences. */
#include "timeline/activity.h"

#include "processes/spans.h"

struct finder {
    const struct tree *tree;
    struct vec activities;
};

static void add_activity(struct finder *f, uint32_t node, uint32_t video, int64_t start_ns, int64_t end_ns)
{
    if (video == NONE || start_ns == NO_TIME)
        return;
    struct activity *activity = VEC_PUSH(f->tree->arena, &f->activities, struct activity);
    *activity = (struct activity){tree_node(f->tree, node)->root, video, start_ns,
                                  end_ns < start_ns ? start_ns : end_ns};
}

static bool lies_below(struct str path, struct str folder)
{
    return folder.len && str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/');
}

/* Whether the path is in one of the video's folders; a video without folder owns all that was filed under it.
 */
static bool owns(const struct tree *tree, uint32_t video, struct str path)
{
    if (video == NONE)
        return false;
    const struct video *f = VEC_AT(&tree->videos, struct video, video);
    VEC_EACH (uint32_t, recorded, &f->recorded)
        if (lies_below(path, VEC_AT(&tree->facts->videos, struct recorded_video, *recorded)->folder))
            return true;
    return f->folder.len == 0;
}

static void add_file_accesses(struct finder *f)
{
    VEC_EACH (const struct file_access, access, &f->tree->file_accesses) {
        if (!owns(f->tree, access->video, access->use->path))
            continue;
        add_activity(f, access->node, access->video, access->first_ns, access->first_ns);
        add_activity(f, access->node, access->video, access->last_ns, access->last_ns);
    }
}

static void add_occurrences(struct finder *f)
{
    VEC_EACH (const struct occurrence, occurrence, &f->tree->occurrences) {
        if (fact_is_of_path(occurrence->fact) &&
            owns(f->tree, occurrence->video, fact_path(occurrence->fact)))
            add_activity(f, occurrence->node, occurrence->video, occurrence->at_ns, occurrence->at_ns);
    }
}

static void add_signals(struct finder *f, const struct vec *signals)
{
    VEC_EACH (const struct signal, signal, signals) {
        const struct node *node = tree_node(f->tree, signal->node);
        if (signal->whole_run || signal->kind == SIGNAL_STAGE)
            continue;
        if (signal->from_process)
            add_activity(f, signal->node, signal->video, signal->at_ns,
                         signal->end_ns == NO_TIME ? node->last_ns : signal->end_ns);
        else if (signal->from_path)
            add_activity(f, signal->node, signal->video, signal->at_ns, signal->at_ns);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct activity *left = a, *right = b;
    if (left->root != right->root)
        return left->root < right->root ? -1 : 1;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    if (left->video != right->video)
        return left->video < right->video ? -1 : 1;
    return (left->end_ns > right->end_ns) - (left->end_ns < right->end_ns);
}

struct vec activity_find(const struct tree *tree, const struct vec *signals)
{
    struct finder f = {.tree = tree};
    add_file_accesses(&f);
    add_occurrences(&f);
    add_signals(&f, signals);
    VEC_SORT(&f.activities, struct activity, by_start);
    return f.activities;
}

/* What one write told of: two ends, or two stages, are more than happens at once. */
struct batch {
    uint32_t node;
    size_t ends, stages;
    struct str stage;
};

static void count_batches(const struct vec *signals, struct batch *batches)
{
    VEC_EACH (const struct signal, signal, signals) {
        struct batch *batch = &batches[signal->batch];
        batch->node = signal->node;
        batch->ends += signal->kind == SIGNAL_STAGE_END;
        if (!signal->stage.len || str_equal(signal->stage, batch->stage))
            continue;
        batch->stages++;
        batch->stage = signal->stage;
    }
}

static uint32_t highest_batch(const struct vec *signals)
{
    uint32_t highest = 0;
    VEC_EACH (const struct signal, signal, signals)
        highest = signal->batch > highest ? signal->batch : highest;
    return highest;
}

void activity_mark_untimely(const struct tree *tree, struct vec *signals)
{
    bool *buffers = arena_alloc(tree->arena, tree->nodes.count + 1);
    uint32_t highest = highest_batch(signals);
    struct batch *batches = arena_alloc(tree->arena, (highest + 1) * sizeof *batches);
    count_batches(signals, batches);
    for (uint32_t i = 1; i <= highest; i++)
        if (batches[i].ends > 1 || batches[i].stages > 1)
            buffers[batches[i].node] = true;
    VEC_EACH (struct signal, signal, signals)
        signal->untimely = signal->batch && buffers[signal->node];
}

bool *activity_workers(const struct tree *tree, const struct vec *signals)
{
    bool *worker = arena_alloc(tree->arena, tree->nodes.count + 1);
    VEC_EACH (const struct signal, signal, signals)
        if (signal->from_process &&
            (signal->kind == SIGNAL_OPERATION || signal->kind == SIGNAL_FIX || signal->kind == SIGNAL_WORK))
            worker[signal->node] = true;
    for (uint32_t n = 0; n < tree->nodes.count; n++) {
        uint32_t parent = tree_node(tree, n)->parent;
        worker[n] = worker[n] || (parent != NONE && worker[parent]);
    }
    return worker;
}

/* The first of a run's activities that begins at `from` or later. */
static const struct activity *run_from(const struct vec *activities, uint32_t root, int64_t from_ns)
{
    struct activity key = {.root = root, .start_ns = from_ns, .end_ns = INT64_MIN};
    return VEC_AT(activities, struct activity, vec_lower(activities, sizeof key, &key, by_start));
}

#define EACH_ACTIVITY(activity, activities, run, from)                                                       \
    for (const struct activity *activity = run_from((activities), (run), (from)),                            \
                               *activity##_end = VEC_AT((activities), struct activity, (activities)->count); \
         activity < activity##_end && activity->root == (run); activity++)

int64_t activity_first(const struct video_context *t, uint32_t root, int64_t from, int64_t to)
{
    EACH_ACTIVITY(activity, t->own_activities, root, from)
    return activity->start_ns < to ? activity->start_ns : NO_TIME;
    return NO_TIME;
}

int64_t activity_last(const struct video_context *t, uint32_t root, int64_t from, int64_t to)
{
    int64_t last = NO_TIME;
    EACH_ACTIVITY(activity, t->own_activities, root, from)
    {
        if (activity->start_ns >= to)
            break;
        int64_t end = activity->end_ns < to ? activity->end_ns : to;
        last = end > last ? end : last;
    }
    return last;
}

bool activity_of_others(const struct video_context *t, uint32_t root, int64_t from, int64_t to)
{
    EACH_ACTIVITY(activity, t->activities, root, INT64_MIN)
    {
        if (activity->start_ns >= to)
            return false;
        if (activity->video != t->video && activity->end_ns > from)
            return true;
    }
    return false;
}

static const struct span *span_of(const struct video_context *t, const struct signal *signal)
{
    return VEC_AT(&t->tree->spans, struct span, signal->span);
}

/* The thread of `top` that started `node`, or one above it; 0: not known, or it is not below `top`. */
static uint32_t thread_below(const struct video_context *t, uint32_t node, uint32_t top, bool *below)
{
    uint32_t tid = 0;
    *below = false;
    while (node != NONE && node != top) {
        tid = tree_node(t->tree, node)->spawn_tid;
        node = tree_node(t->tree, node)->parent;
    }
    *below = node == top;
    return tid;
}

bool activity_within(const struct video_context *t, const struct signal *call, const struct signal *inner)
{
    const struct span *span = span_of(t, call);
    bool below = inner->node == call->node;
    uint32_t tid = inner->tid;
    if (inner->span != NONE)
        return span_below(t->tree, inner->span, call->span);
    if (inner->from_process)
        tid = thread_below(t, inner->node, call->node, &below);
    return below && (!tid || tid == span->tid) && inner->at_ns >= span->start_ns &&
           inner->at_ns <= span->last_ns;
}
