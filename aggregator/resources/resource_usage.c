/* Sums and maxima over processes, samples and files. */
#include "resources/resource_usage.h"

#include "timeline/stage_intervals.h"
#include "vl/event.h"

#define RATE_SPAN_NS_MIN 100000000 /* a processor's rate over less than 100 ms is noise */

struct resource_usage resource_usage_none(void)
{
    return (struct resource_usage){.duration_ns = -1,
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
static void start_memory(struct resource_usage *usage, int64_t kb, int64_t at_ns)
{
    if (kb < 0 || (usage->memory_start_kb >= 0 && usage->memory_start_ns <= at_ns))
        return;
    usage->memory_start_kb = kb;
    usage->memory_start_ns = at_ns;
}

static void end_memory(struct resource_usage *usage, int64_t kb, int64_t at_ns)
{
    if (kb < 0 || (usage->memory_end_kb >= 0 && usage->memory_end_ns > at_ns))
        return;
    usage->memory_end_kb = kb;
    usage->memory_end_ns = at_ns;
}

static void add_io(struct resource_usage *usage, const struct file_access *access)
{
    usage->io_known = true;
    if (access->use->type != VL_FD_FILE)
        return;
    usage->io.read_bytes += access->use->io.read_bytes;
    usage->io.written_bytes += access->use->io.written_bytes;
    usage->io.read_ops += access->use->io.read_ops;
    usage->io.write_ops += access->use->io.write_ops;
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
static bool find_stretch(const struct video_context *t, const struct node *node, int64_t from_ns,
                         int64_t to_ns, struct stretch *span, int64_t *peak_permille)
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

static void add_memory(const struct video_context *t, const struct node *node, const struct stretch *span,
                       struct resource_usage *usage)
{
    if (span->first->rss_kb)
        start_memory(usage, (int64_t)span->first->rss_kb, span->first_ns);
    if (span->last->rss_kb)
        end_memory(usage, (int64_t)span->last->rss_kb, span->last_ns);
    if (span->last->peak_kb > span->first->peak_kb) /* it grew within */
        raise_to(&usage->memory_peak_kb, (int64_t)span->last->peak_kb);
    VEC_EACH (const struct sample, sample, &facts_process_at(t->tree->facts, node->fact)->samples)
        if (sample->ticks >= span->first->ticks && sample->ticks <= span->last->ticks && sample->rss_kb)
            raise_to(&usage->memory_peak_kb, (int64_t)sample->rss_kb);
}

/* What the process used within [from, to): known when its samples span at least half of that; *cpu_us is then
 * taken to the whole of it. */
static void add_samples(const struct video_context *t, const struct node *node, int64_t from_ns,
                        int64_t to_ns, struct resource_usage *usage, int64_t *cpu_us)
{
    struct stretch span;
    if (!find_stretch(t, node, from_ns, to_ns, &span, &usage->cpu_peak_permille))
        return;
    add_memory(t, node, &span, usage);
    int64_t seen_ns = span.last_ns - span.first_ns;
    if (seen_ns > 0 && seen_ns >= (to_ns - from_ns) / 2)
        *cpu_us = (int64_t)((double)cpu_between(&span) * (double)(to_ns - from_ns) / (double)seen_ns);
}

static void add_process(const struct video_context *t, uint32_t index, struct resource_usage *usage)
{
    const struct node *node = tree_node(t->tree, index);
    int64_t end = node->ended ? node->end_ns : node->last_ns, sampled_us = -1;
    add_samples(t, node, node->start_ns, end, usage, &sampled_us);
    int64_t cpu_us = node->cpu_us >= 0 ? node->cpu_us : sampled_us;
    add_known(&usage->cpu_us, cpu_us);
    if (node->peak_kb)
        raise_to(&usage->memory_peak_kb, (int64_t)node->peak_kb);
    if (cpu_us >= 0 && end - node->start_ns >= RATE_SPAN_NS_MIN)
        raise_to(&usage->cpu_peak_permille, permille(cpu_us, end - node->start_ns));
}

static int by_node(const void *a, const void *b)
{
    const struct file_access *left = a, *right = b;
    return left->node < right->node ? -1 : left->node > right->node;
}

/* A process's file accesses, a run of the tree's; *count is how many. */
static const struct file_access *accesses_of(const struct video_context *t, uint32_t node, size_t *count)
{
    const struct vec *all = &t->tree->file_accesses;
    size_t first = vec_lower(all, sizeof(struct file_access), &(struct file_access){.node = node}, by_node),
           end = first;
    while (end < all->count && VEC_AT(all, struct file_access, end)->node == node)
        end++;
    *count = end - first;
    return VEC_AT(all, struct file_access, first);
}

static void add_below(const struct video_context *t, uint32_t top, struct resource_usage *usage)
{
    for (uint32_t n = top; n != NONE; n = tree_next(t->tree, n, top)) {
        size_t count;
        const struct file_access *file_accesses = accesses_of(t, n, &count);
        add_process(t, n, usage);
        for (size_t i = 0; i < count; i++)
            add_io(usage, &file_accesses[i]);
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

void resource_usage_add_processes(const struct video_context *t, const struct vec *tops,
                                  struct resource_usage *usage)
{
    for (size_t i = 0; i < tops->count; i++)
        if (!named_before(tops, i))
            add_below(t, *VEC_AT(tops, uint32_t, i), usage);
}

void resource_usage_add_share(const struct video_context *t, uint32_t node, int64_t from_ns, int64_t to_ns,
                              struct resource_usage *usage)
{
    int64_t cpu_us = -1;
    add_samples(t, tree_node(t->tree, node), from_ns, to_ns, usage, &cpu_us);
    add_known(&usage->cpu_us, cpu_us);
    size_t count;
    const struct file_access *file_accesses = accesses_of(t, node, &count);
    for (size_t i = 0; i < count; i++)
        if (file_accesses[i].video == t->video && file_accesses[i].first_ns >= from_ns &&
            file_accesses[i].first_ns < to_ns)
            add_io(usage, &file_accesses[i]);
}

void resource_usage_join(struct resource_usage *into, const struct resource_usage *from)
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

void resource_usage_of_attempt(const struct video_context *t, struct attempt *attempt)
{
    struct resource_usage usage = resource_usage_none();
    resource_usage_add_processes(t, &attempt->nodes, &usage);
    const struct stage_interval *interval = stage_intervals_of(t, attempt->root, attempt->stage);
    if (!attempt->nodes.count && attempt->timed)
        resource_usage_add_share(t, attempt->node, attempt->start_ns, attempt->last_ns, &usage);
    else if (!attempt->nodes.count && interval && interval->owner != NONE)
        resource_usage_add_share(t, interval->owner, attempt->start_ns, attempt->last_ns, &usage);
    attempt->peak_kb = usage.memory_peak_kb;
    attempt->cpu_us = usage.cpu_us;
}
