/* A binary heap of pointers to keys. */
#include "order/merge_sorted.h"

#include <string.h>

#define LESS(a, b)                                                                                           \
    do {                                                                                                     \
        if ((a) != (b))                                                                                      \
            return (a) < (b) ? -1 : 1;                                                                       \
    } while (0)

int merge_sorted_order(const struct merge_key *a, const struct merge_key *b)
{
    LESS(a->time_ns, b->time_ns);
    int boot = memcmp(a->boot_id, b->boot_id, 16);
    if (boot)
        return boot;
    LESS(a->pid, b->pid);
    LESS(a->start, b->start);
    LESS(a->sequence, b->sequence);
    LESS(a->tid, b->tid);
    return 0;
}

static struct merge_key **at(const struct merge *merge, size_t i)
{
    return VEC_AT(&merge->heap, struct merge_key *, i);
}

static void swap(struct merge *merge, size_t a, size_t b)
{
    struct merge_key *kept = *at(merge, a);
    *at(merge, a) = *at(merge, b);
    *at(merge, b) = kept;
}

static bool before(const struct merge *merge, size_t a, size_t b)
{
    return merge_sorted_order(*at(merge, a), *at(merge, b)) < 0;
}

static void sink(struct merge *merge, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < merge->heap.count; child++)
            if (before(merge, child, least))
                least = child;
        if (least == i)
            return;
        swap(merge, i, least);
        i = least;
    }
}

void merge_sorted_add(struct merge *merge, struct merge_key *source)
{
    *VEC_PUSH(merge->arena, &merge->heap, struct merge_key *) = source;
    for (size_t i = merge->heap.count - 1; i > 0 && before(merge, i, (i - 1) / 2); i = (i - 1) / 2)
        swap(merge, i, (i - 1) / 2);
}

struct merge_key *merge_sorted_first(const struct merge *merge)
{
    return merge->heap.count ? *at(merge, 0) : NULL;
}

void merge_sorted_first_moved(struct merge *merge) { sink(merge, 0); }

void merge_sorted_first_ended(struct merge *merge)
{
    swap(merge, 0, merge->heap.count - 1);
    merge->heap.count--;
    sink(merge, 0);
}
