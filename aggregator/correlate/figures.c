/* Sums and maxima over processes, samples and files. */
#include "correlate/figures.h"

#include "correlate/covers.h"
#include "correlate/window.h"
#include "vl/event.h"

#define RATE_SPAN_NS_MIN 100000000 /* a processor's rate over less than 100 ms is noise */

struct figures figures_none(void)
{
    return (struct figures){.duration_ns = -1,
                            .memory_start_kb = -1,
                            .memory_peak_kb = -1,
                            .memory_end_kb = -1,
                            .cpu_us = -1,
                            .cpu_peak_permille = -1};
}

static void raise_to(int64_t *peak, int64_t value)
{
    if (value > *peak)
        *peak = value;
}

static void add_known(int64_t *sum, int64_t value)
{
    if (value >= 0)
        *sum = (*sum < 0 ? 0 : *sum) + value;
}

/* Of several processes the earliest reading is the start and the latest the end. */
static void start_memory(struct figures *figures, int64_t kb, int64_t at_ns)
{
    if (kb < 0 || (figures->memory_start_kb >= 0 && figures->memory_start_ns <= at_ns))
        return;
    figures->memory_start_kb = kb;
    figures->memory_start_ns = at_ns;
}

static void end_memory(struct figures *figures, int64_t kb, int64_t at_ns)
{
    if (kb < 0 || (figures->memory_end_kb >= 0 && figures->memory_end_ns > at_ns))
        return;
    figures->memory_end_kb = kb;
    figures->memory_end_ns = at_ns;
}

static void add_io(struct figures *figures, const struct touch *touch)
{
    figures->io_known = true;
    if (touch->use->type != VL_FD_FILE)
        return;
    figures->io.read_bytes += touch->use->io.read_bytes;
    figures->io.written_bytes += touch->use->io.written_bytes;
    figures->io.read_ops += touch->use->io.read_ops;
    figures->io.write_ops += touch->use->io.write_ops;
}

static int64_t permille(int64_t cpu_us, int64_t span_ns)
{
    return span_ns > 0 ? cpu_us * 1000000 / span_ns : -1;
}

/* Two samples of one process. */
struct stretch {
    const struct sample *first, *last;
    int64_t first_ns, last_ns;
};

static int64_t cpu_between(const struct stretch *span)
{
    return (int64_t)(span->last->user_us + span->last->system_us - span->first->user_us -
                     span->first->system_us);
}

/* The first and last sample within [from, to]; the highest rate between two goes to *peak_permille. */
static bool find_stretch(const struct teller *t, const struct node *node, int64_t from_ns, int64_t to_ns,
                         struct stretch *span, int64_t *peak_permille)
{
    *span = (struct stretch){0};
    if (node->fact == NONE)
        return false;
    struct stretch step = {0};
    VEC_EACH (const struct sample, sample, &facts_process_at(t->tree->facts, node->fact)->samples) {
        int64_t at = tree_wall(t->tree, node->host, sample->ticks);
        if (at < from_ns || at > to_ns)
            continue;
        if (!span->first)
            *span = step = (struct stretch){sample, sample, at, at};
        span->last = step.last = sample;
        span->last_ns = step.last_ns = at;
        if (at - step.first_ns < RATE_SPAN_NS_MIN)
            continue;
        raise_to(peak_permille, permille(cpu_between(&step), at - step.first_ns));
        step.first = sample;
        step.first_ns = at;
    }
    return span->first != NULL;
}

static void add_memory(const struct teller *t, const struct node *node, const struct stretch *span,
                       struct figures *figures)
{
    if (span->first->rss_kb)
        start_memory(figures, (int64_t)span->first->rss_kb, span->first_ns);
    if (span->last->rss_kb)
        end_memory(figures, (int64_t)span->last->rss_kb, span->last_ns);
    if (span->last->peak_kb > span->first->peak_kb) /* it grew within */
        raise_to(&figures->memory_peak_kb, (int64_t)span->last->peak_kb);
    VEC_EACH (const struct sample, sample, &facts_process_at(t->tree->facts, node->fact)->samples)
        if (sample->ticks >= span->first->ticks && sample->ticks <= span->last->ticks && sample->rss_kb)
            raise_to(&figures->memory_peak_kb, (int64_t)sample->rss_kb);
}

/* What the process used within [from, to): known when its samples span at least half of that; *cpu_us is then
 * taken to the whole of it. */
static void add_samples(const struct teller *t, const struct node *node, int64_t from_ns, int64_t to_ns,
                        struct figures *figures, int64_t *cpu_us)
{
    struct stretch span;
    if (!find_stretch(t, node, from_ns, to_ns, &span, &figures->cpu_peak_permille))
        return;
    add_memory(t, node, &span, figures);
    int64_t seen_ns = span.last_ns - span.first_ns;
    if (seen_ns > 0 && seen_ns >= (to_ns - from_ns) / 2)
        *cpu_us = (int64_t)((double)cpu_between(&span) * (double)(to_ns - from_ns) / (double)seen_ns);
}

static void add_process(const struct teller *t, uint32_t index, struct figures *figures)
{
    const struct node *node = tree_node(t->tree, index);
    int64_t end = node->ended ? node->end_ns : node->last_ns, sampled_us = -1;
    add_samples(t, node, node->start_ns, end, figures, &sampled_us);
    int64_t cpu_us = node->cpu_us >= 0 ? node->cpu_us : sampled_us;
    add_known(&figures->cpu_us, cpu_us);
    if (node->peak_kb)
        raise_to(&figures->memory_peak_kb, (int64_t)node->peak_kb);
    if (cpu_us >= 0 && end - node->start_ns >= RATE_SPAN_NS_MIN)
        raise_to(&figures->cpu_peak_permille, permille(cpu_us, end - node->start_ns));
}

static int by_node(const void *a, const void *b)
{
    const struct touch *left = a, *right = b;
    return left->node < right->node ? -1 : left->node > right->node;
}

/* A process's touches, a run of the tree's; *count is how many. */
static const struct touch *touches_of(const struct teller *t, uint32_t node, size_t *count)
{
    const struct vec *all = &t->tree->touches;
    size_t first = vec_lower(all, sizeof(struct touch), &(struct touch){.node = node}, by_node), end = first;
    while (end < all->count && VEC_AT(all, struct touch, end)->node == node)
        end++;
    *count = end - first;
    return VEC_AT(all, struct touch, first);
}

static void add_below(const struct teller *t, uint32_t top, struct figures *figures)
{
    for (uint32_t n = top; n != NONE; n = tree_next(t->tree, n, top)) {
        size_t count;
        const struct touch *touches = touches_of(t, n, &count);
        add_process(t, n, figures);
        for (size_t i = 0; i < count; i++)
            add_io(figures, &touches[i]);
    }
}

/* The same process may be named twice. */
static bool named_before(const struct vec *tops, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (*VEC_AT(tops, uint32_t, i) == *VEC_AT(tops, uint32_t, at))
            return true;
    return false;
}

void figures_add_processes(const struct teller *t, const struct vec *tops, struct figures *figures)
{
    for (size_t i = 0; i < tops->count; i++)
        if (!named_before(tops, i))
            add_below(t, *VEC_AT(tops, uint32_t, i), figures);
}

void figures_add_share(const struct teller *t, uint32_t node, int64_t from_ns, int64_t to_ns,
                       struct figures *figures)
{
    int64_t cpu_us = -1;
    add_samples(t, tree_node(t->tree, node), from_ns, to_ns, figures, &cpu_us);
    add_known(&figures->cpu_us, cpu_us);
    size_t count;
    const struct touch *touches = touches_of(t, node, &count);
    for (size_t i = 0; i < count; i++)
        if (touches[i].film == t->film && touches[i].first_ns >= from_ns && touches[i].first_ns < to_ns)
            add_io(figures, &touches[i]);
}

void figures_join(struct figures *into, const struct figures *from)
{
    start_memory(into, from->memory_start_kb, from->memory_start_ns);
    end_memory(into, from->memory_end_kb, from->memory_end_ns);
    raise_to(&into->memory_peak_kb, from->memory_peak_kb);
    raise_to(&into->cpu_peak_permille, from->cpu_peak_permille);
    add_known(&into->cpu_us, from->cpu_us);
    into->io_known = into->io_known || from->io_known;
    into->io.read_bytes += from->io.read_bytes;
    into->io.written_bytes += from->io.written_bytes;
    into->io.read_ops += from->io.read_ops;
    into->io.write_ops += from->io.write_ops;
}

static struct str stage_of(const struct teller *t, const struct signal *signal)
{
    if (signal->stage.len)
        return signal->stage;
    VEC_EACH (const struct try, one, &t->story->tries)
        VEC_EACH (const uint32_t, node, &one->nodes)
            if (*node == signal->node)
                return one->stage;
    const struct window *window = window_at(t, teller_root(t, signal->node), signal->at_ns);
    return window ? window->stage : STR("");
}

static struct row *row_of(struct teller *t, struct figures *figures, struct str stage, struct str name,
                          bool by_span)
{
    VEC_EACH (struct row, row, &figures->rows)
        if (str_equal(row->stage, stage) && str_equal(row->name, name) && row->by_span == by_span)
            return row;
    struct row *row = VEC_PUSH(t->arena, &figures->rows, struct row);
    *row = (struct row){.name = name, .stage = stage, .peak_kb = -1, .success = 1, .by_span = by_span};
    return row;
}

static void add_to_row(struct teller *t, const struct signal *signal, struct row *row)
{
    const struct node *node = tree_node(t->tree, signal->node);
    int64_t end = signal->end_ns == NO_TIME ? node->last_ns : signal->end_ns;
    struct figures figures = figures_none();
    struct vec top = {&(uint32_t){signal->node}, 1, 1};
    if (signal->span == NONE)
        figures_add_processes(t, &top, &figures);
    else
        figures_add_share(t, signal->node, signal->at_ns, end, &figures);
    row->count++;
    row->total_ns += end - signal->at_ns;
    raise_to(&row->max_ns, end - signal->at_ns);
    raise_to(&row->peak_kb, figures.memory_peak_kb);
    if (signal->span == NONE ? node->ended && node->exit_status != 0 : signal->success == 0)
        row->success = 0;
}

static int by_stage_and_name(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = str_compare(left->stage, right->stage);
    if (!order)
        order = str_compare(left->name, right->name);
    return order ? order : left->by_span - right->by_span;
}

static bool is_named_work(const struct teller *t, const struct signal *signal)
{
    bool work = signal->kind == SIGNAL_OPERATION || signal->kind == SIGNAL_WORK ||
                signal->kind == SIGNAL_FIX || signal->kind == SIGNAL_ATTEMPT;
    return work && teller_concerns(t, signal) && signal->name.len &&
           (signal->from_process || signal->span != NONE);
}

/* A call that only led to a process, or to another call, that is a row: one piece of work is one row. */
static bool is_told_within(const struct teller *t, const struct signal *call)
{
    VEC_EACH (const struct signal, inner, t->signals) {
        bool same = (inner->kind == SIGNAL_OPERATION) == (call->kind == SIGNAL_OPERATION) &&
                    inner->kind != SIGNAL_WORK;
        if (inner != call && same && is_named_work(t, inner) && covers_signal(t, call, inner))
            return true;
    }
    return false;
}

static bool makes_row(const struct teller *t, const struct signal *signal)
{
    return is_named_work(t, signal) && (signal->span == NONE || !is_told_within(t, signal));
}

void figures_add_rows(struct teller *t, const struct str *stage, struct figures *figures)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        if (!makes_row(t, signal))
            continue;
        struct str own = stage_of(t, signal);
        if (!stage || str_equal(*stage, own))
            add_to_row(t, signal, row_of(t, figures, own, signal->name, signal->span != NONE));
    }
    VEC_SORT(&figures->rows, struct row, by_stage_and_name);
}

/* One operation of a stage. */
struct task {
    int64_t start_ns, end_ns;
    uint32_t worker; /* thread that started it */
};

static struct vec tasks_of(const struct teller *t, struct str stage)
{
    struct vec tasks = {0};
    VEC_EACH (const struct signal, signal, t->signals) {
        if (!teller_concerns(t, signal) || signal->kind != SIGNAL_OPERATION ||
            !str_equal(signal->stage, stage) || (signal->span != NONE && is_told_within(t, signal)))
            continue;
        int64_t end = signal->end_ns == NO_TIME ? tree_node(t->tree, signal->node)->last_ns : signal->end_ns;
        *VEC_PUSH(t->arena, &tasks, struct task) = (struct task){signal->at_ns, end, signal->tid};
    }
    return tasks;
}

static uint32_t at_once(const struct vec *tasks, int64_t at_ns)
{
    uint32_t count = 0;
    VEC_EACH (const struct task, task, tasks)
        count += task->start_ns <= at_ns && at_ns < task->end_ns;
    return count;
}

static void count_worker(const struct teller *t, struct vec *threads, struct vec *counts, uint32_t thread)
{
    for (size_t i = 0; i < threads->count; i++)
        if (*VEC_AT(threads, uint32_t, i) == thread) {
            ++*VEC_AT(counts, uint32_t, i);
            return;
        }
    *VEC_PUSH(t->arena, threads, uint32_t) = thread;
    *VEC_PUSH(t->arena, counts, uint32_t) = 1;
}

void figures_add_parallel(const struct teller *t, struct str stage, struct figures *figures)
{
    struct vec tasks = tasks_of(t, stage), threads = {0};
    struct parallel *parallel = &figures->parallel;
    int64_t first = INT64_MAX, last = INT64_MIN;
    VEC_EACH (const struct task, task, &tasks) {
        uint32_t now = at_once(&tasks, task->start_ns);
        parallel->workers_max = now > parallel->workers_max ? now : parallel->workers_max;
        parallel->busy_ns += task->end_ns - task->start_ns;
        first = task->start_ns < first ? task->start_ns : first;
        last = task->end_ns > last ? task->end_ns : last;
        count_worker(t, &threads, &parallel->workers, task->worker);
    }
    parallel->tasks = (uint32_t)tasks.count;
    parallel->span_ns = tasks.count ? last - first : 0;
}

void figures_of_try(const struct teller *t, struct try *one)
{
    struct figures figures = figures_none();
    figures_add_processes(t, &one->nodes, &figures);
    const struct window *window = window_of(t, one->root, one->stage);
    if (!one->nodes.count && one->timed)
        figures_add_share(t, one->node, one->start_ns, one->last_ns, &figures);
    else if (!one->nodes.count && window && window->owner != NONE)
        figures_add_share(t, window->owner, one->start_ns, one->last_ns, &figures);
    one->peak_kb = figures.memory_peak_kb;
    one->cpu_us = figures.cpu_us;
}
