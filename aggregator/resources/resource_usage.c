/* Sums and maxima over processes, samples and files. */
#include "resources/resource_usage.h"

#include "timeline/stage_intervals.h"
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
