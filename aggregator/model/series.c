/* Every change is an edge; sorted and added up they are the series. */
#include "model/series.h"

static void add_edge(struct arena *arena, struct vec *edges, int64_t at_ns, struct point change)
{
    change.at_ns = at_ns;
    *VEC_PUSH(arena, edges, struct point) = change;
}

static int64_t rate(const struct sample *from, const struct sample *to, int64_t span_ns)
{
    int64_t used_us = (int64_t)(to->user_us + to->system_us - from->user_us - from->system_us);
    return used_us > 0 ? used_us * 1000000 / span_ns : 0;
}

static void add_samples(struct arena *arena, const struct tree *tree, const struct node *node, int64_t end_ns,
                        struct vec *edges)
{
    const struct sample *before = NULL;
    int64_t kb = 0, before_ns = 0;
    VEC_EACH (const struct sample, sample, &facts_process_at(tree->facts, node->fact)->samples) {
        int64_t at = tree_wall(tree, node->host, sample->ticks);
        if (sample->rss_kb) {
            add_edge(arena, edges, at, (struct point){.memory_kb = (int64_t)sample->rss_kb - kb});
            kb = (int64_t)sample->rss_kb;
        }
        if (before && at <= before_ns)
            continue;
        int64_t permille = before ? rate(before, sample, at - before_ns) : 0;
        if (permille) {
            add_edge(arena, edges, before_ns, (struct point){.cpu_permille = permille});
            add_edge(arena, edges, at, (struct point){.cpu_permille = -permille});
        }
        before = sample;
        before_ns = at;
    }
    add_edge(arena, edges, end_ns < before_ns ? before_ns : end_ns, (struct point){.memory_kb = -kb});
}

static void add_node(struct arena *arena, const struct tree *tree, const struct node *node, struct vec *edges)
{
    int64_t end_ns = node->end_ns == NO_TIME ? node->last_ns : node->end_ns;
    add_edge(arena, edges, node->start_ns, (struct point){.processes = 1});
    add_edge(arena, edges, end_ns, (struct point){.processes = -1});
    if (node->fact != NONE)
        add_samples(arena, tree, node, end_ns, edges);
}

static int by_time(const void *one, const void *other)
{
    const struct point *a = one, *b = other;
    return (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
}

/* Edges become sums; those of one moment become one point. */
static void add_up(struct vec *edges)
{
    struct point sum = {0}, *list = edges->items;
    size_t kept = 0;
    for (size_t i = 0; i < edges->count; i++) {
        sum.at_ns = list[i].at_ns;
        sum.memory_kb += list[i].memory_kb;
        sum.cpu_permille += list[i].cpu_permille;
        sum.processes += list[i].processes;
        if (i + 1 == edges->count || list[i + 1].at_ns != sum.at_ns)
            list[kept++] = sum;
    }
    edges->count = kept;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* Runs of `every` points become one, at the first one's time. */
static void thin(struct vec *series, size_t points)
{
    struct point *list = series->items;
    size_t every = points ? (series->count + points - 1) / points : 1, kept = 0;
    for (size_t i = 0; every > 1 && i + 1 < series->count; kept++) {
        struct point most = list[i];
        for (size_t end = i + every; i < end && i + 1 < series->count; i++) {
            most.memory_kb = larger(most.memory_kb, list[i].memory_kb);
            most.cpu_permille = larger(most.cpu_permille, list[i].cpu_permille);
            most.processes = larger(most.processes, list[i].processes);
        }
        list[kept] = most;
    }
    if (every > 1) {
        list[kept] = list[series->count - 1];
        series->count = kept + 1;
    }
}

struct vec series_of_video(struct arena *arena, const struct tree *tree, uint32_t video, size_t points)
{
    struct vec edges = {0};
    VEC_EACH (const struct node, node, &tree->nodes)
        if (node->video == video)
            add_node(arena, tree, node, &edges);
    VEC_SORT(&edges, struct point, by_time);
    add_up(&edges);
    thin(&edges, points > 1 ? points - 1 : points);
    return edges;
}
