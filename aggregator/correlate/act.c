/* Collects acts from processes, touches and deeds. */
#include "correlate/act.h"

#define BUFFER_FLUSH_NS 2000000 /* lines closer together than this may come from one flush */

struct finder {
    const struct tree *tree;
    struct vec acts;
};

static void add(struct finder *f, uint32_t node, uint32_t film, int64_t start_ns, int64_t end_ns)
{
    if (film == NONE || start_ns == NO_TIME)
        return;
    struct act *act = VEC_PUSH(f->tree->arena, &f->acts, struct act);
    *act = (struct act){tree_node(f->tree, node)->root, film, start_ns, end_ns < start_ns ? start_ns : end_ns};
}

static bool lies_below(struct str path, struct str folder)
{
    return folder.len && str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/');
}

/* Whether the path is in one of the film's folders; a film without folder owns all that was filed under it. */
static bool owns(const struct tree *tree, uint32_t film, struct str path)
{
    if (film == NONE)
        return false;
    const struct film *f = VEC_AT(&tree->films, struct film, film);
    VEC_EACH(uint32_t, video, &f->recorded)
        if (lies_below(path, VEC_AT(&tree->facts->videos, struct video, *video)->folder))
            return true;
    return f->folder.len == 0;
}

static void add_touches(struct finder *f)
{
    VEC_EACH(const struct touch, touch, &f->tree->touches)
    {
        if (!owns(f->tree, touch->film, touch->use->path))
            continue;
        add(f, touch->node, touch->film, touch->first_ns, touch->first_ns);
        add(f, touch->node, touch->film, touch->last_ns, touch->last_ns);
    }
}

static void add_deeds(struct finder *f)
{
    VEC_EACH(const struct deed, deed, &f->tree->deeds)
    {
        struct str path = deed->fact->kind == FACT_RENAME ? deed->fact->b : deed->fact->a;
        if (deed->fact->kind >= FACT_RENAME && deed->fact->kind <= FACT_OPEN_WRITE &&
            deed->fact->kind != FACT_CONNECT && owns(f->tree, deed->film, path))
            add(f, deed->node, deed->film, deed->at_ns, deed->at_ns);
    }
}

static void add_signals(struct finder *f, const struct vec *signals)
{
    VEC_EACH(const struct signal, signal, signals)
    {
        const struct node *node = tree_node(f->tree, signal->node);
        if (signal->whole_run || signal->kind == SIGNAL_STAGE)
            continue;
        if (signal->from_process)
            add(f, signal->node, signal->film, signal->at_ns, signal->end_ns == NO_TIME ? node->last_ns : signal->end_ns);
        else if (signal->from_path)
            add(f, signal->node, signal->film, signal->at_ns, signal->at_ns);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct act *left = a, *right = b;
    if (left->root != right->root)
        return left->root < right->root ? -1 : 1;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    if (left->film != right->film)
        return left->film < right->film ? -1 : 1;
    return (left->end_ns > right->end_ns) - (left->end_ns < right->end_ns);
}

struct vec act_find(const struct tree *tree, const struct vec *signals)
{
    struct finder f = {.tree = tree};
    add_touches(&f);
    add_deeds(&f);
    add_signals(&f, signals);
    VEC_SORT(&f.acts, struct act, by_start);
    return f.acts;
}

static bool is_printed(const struct signal *signal) { return !signal->from_process && !signal->from_path; }

static bool same_flush(const struct signal *a, const struct signal *b)
{
    return a->node == b->node && b->at_ns - a->at_ns < BUFFER_FLUSH_NS;
}

/* A flush that tells of two ends, or of two stages, was not written as things happened. */
static bool tells_of_several(const struct vec *signals, const size_t *run, size_t count)
{
    size_t ends = 0, stages = 0;
    struct str stage = STR("");
    for (size_t i = 0; i < count; i++) {
        const struct signal *signal = VEC_AT(signals, struct signal, run[i]);
        ends += signal->kind == SIGNAL_STAGE_END;
        if (signal->stage.len && !str_equal(signal->stage, stage)) {
            stages++;
            stage = signal->stage;
        }
    }
    return ends > 1 || stages > 1;
}

/* Gathers the printed signals that came out with the one at `first`; returns how many. */
static size_t flush_at(const struct vec *signals, size_t first, size_t *run)
{
    size_t count = 1;
    run[0] = first;
    for (size_t i = first + 1; i < signals->count; i++) {
        const struct signal *last = VEC_AT(signals, struct signal, run[count - 1]);
        const struct signal *next = VEC_AT(signals, struct signal, i);
        if (next->at_ns - last->at_ns >= BUFFER_FLUSH_NS)
            break;
        if (is_printed(next) && same_flush(last, next))
            run[count++] = i;
    }
    return count;
}

bool *act_untimely(const struct tree *tree, const struct vec *signals)
{
    bool *untimely = arena_alloc(tree->arena, signals->count + 1);
    bool *done = arena_alloc(tree->arena, signals->count + 1);
    size_t *run = arena_alloc(tree->arena, (signals->count + 1) * sizeof *run);
    for (size_t i = 0; i < signals->count; i++) {
        if (done[i] || !is_printed(VEC_AT(signals, struct signal, i)))
            continue;
        size_t count = flush_at(signals, i, run);
        bool late = tells_of_several(signals, run, count);
        for (size_t k = 0; k < count; k++) {
            done[run[k]] = true;
            untimely[run[k]] = late;
        }
    }
    return untimely;
}

bool *act_workers(const struct tree *tree, const struct vec *signals)
{
    bool *worker = arena_alloc(tree->arena, tree->nodes.count + 1);
    VEC_EACH(const struct signal, signal, signals)
        if (signal->from_process && (signal->kind == SIGNAL_OPERATION || signal->kind == SIGNAL_FIX ||
                                     signal->kind == SIGNAL_WORK))
            worker[signal->node] = true;
    for (uint32_t n = 0; n < tree->nodes.count; n++) {
        uint32_t parent = tree_node(tree, n)->parent;
        worker[n] = worker[n] || (parent != NONE && worker[parent]);
    }
    return worker;
}

/* The run's first act, by binary search. */
static size_t run_begin(const struct teller *t, uint32_t root)
{
    struct act key = {.root = root, .start_ns = INT64_MIN};
    return vec_lower(t->acts, sizeof key, &key, by_start);
}

#define EACH_ACT(act, t, run)                                                                                  \
    for (const struct act *act = VEC_AT((t)->acts, struct act, run_begin((t), (run))),                         \
                          *act##_end = VEC_AT((t)->acts, struct act, (t)->acts->count);                        \
         act < act##_end && act->root == (run); act++)

int64_t act_first(const struct teller *t, uint32_t root, int64_t from, int64_t to)
{
    EACH_ACT(act, t, root)
    if (act->film == t->film && act->start_ns >= from && act->start_ns < to)
        return act->start_ns;
    return NO_TIME;
}

int64_t act_last(const struct teller *t, uint32_t root, int64_t from, int64_t to)
{
    int64_t last = NO_TIME;
    EACH_ACT(act, t, root)
    {
        if (act->film != t->film || act->start_ns < from || act->start_ns >= to)
            continue;
        int64_t end = act->end_ns < to ? act->end_ns : to;
        last = end > last ? end : last;
    }
    return last;
}

bool act_of_others(const struct teller *t, uint32_t root, int64_t from, int64_t to)
{
    EACH_ACT(act, t, root)
    if (act->film != t->film && act->start_ns < to && act->end_ns > from)
        return true;
    return false;
}
