/* Canonical order: every table sorted by its key, and the indices that name its rows renumbered. */
#include "model/facts/facts_lists.h"

#include <stdlib.h>

static int host_order(const void *one, const void *other)
{
    const struct host *a = one, *b = other;
    int order = str_compare(a->name, b->name);
    return order ? order : memcmp(a->boot_id, b->boot_id, sizeof a->boot_id);
}

static int video_order(const void *one, const void *other)
{
    const struct recorded_video *a = one, *b = other;
    int order = str_compare(a->name, b->name);
    return order ? order : str_compare(a->folder, b->folder);
}

static int process_order(const void *one, const void *other)
{
    const struct recorded_process *a = one, *b = other;
    if (a->host != b->host)
        return a->host < b->host ? -1 : 1;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    return (a->start > b->start) - (a->start < b->start);
}

static int file_order(const void *one, const void *other)
{
    const struct file_use *a = one, *b = other;
    if (a->process != b->process)
        return a->process < b->process ? -1 : 1;
    int order = str_compare(a->path, b->path);
    return order ? order : (a->video > b->video) - (a->video < b->video);
}

static int damage_order(const void *one, const void *other);

/* What several chunks say of one place is said once. */
static void damages_once(struct vec *damages)
{
    size_t kept = 0;
    VEC_EACH (const struct damage, damage, damages)
        if (kept == 0 || damage_order(VEC_AT(damages, struct damage, kept - 1), damage) != 0)
            *VEC_AT(damages, struct damage, kept++) = *damage;
    damages->count = kept;
}

static int damage_order(const void *one, const void *other)
{
    const struct damage *a = one, *b = other;
    int order = str_compare(a->file, b->file);
    if (order)
        return order;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? -1 : 1;
    return str_compare(a->what, b->what);
}

struct table {
    unsigned char *items;
    size_t item_bytes;
    int (*order)(const void *, const void *);
};

static int row_order(const void *a, const void *b, void *context)
{
    const struct table *t = context;
    return t->order(t->items + *(const uint32_t *)a * t->item_bytes,
                    t->items + *(const uint32_t *)b * t->item_bytes);
}

/* Sorts the rows; returns where each old row is now, in scratch. */
static uint32_t *table_settle(struct arena *scratch, struct vec *vec, size_t item_bytes,
                              int (*order)(const void *, const void *))
{
    struct table table = {arena_copy(scratch, vec->items, vec->count * item_bytes), item_bytes, order};
    uint32_t *old = arena_alloc(scratch, vec->count * sizeof *old);
    uint32_t *new = arena_alloc(scratch, vec->count * sizeof *new);
    for (uint32_t i = 0; i < vec->count; i++)
        old[i] = i;
    if (vec->count)
        qsort_r(old, vec->count, sizeof *old, row_order, &table);
    for (uint32_t i = 0; i < vec->count; i++) {
        new[old[i]] = i;
        memcpy((unsigned char *)vec->items + i * item_bytes, table.items + old[i] * item_bytes, item_bytes);
    }
    return new;
}

static int number_order(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

static int chunk_order(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static void process_renumber(struct recorded_process *p, const uint32_t *host, const uint32_t *video)
{
    p->host = host[p->host];
    VEC_EACH (uint32_t, v, &p->videos)
        *v = video[*v];
    VEC_SORT(&p->videos, uint32_t, number_order);
    VEC_EACH (struct text_piece, piece, &p->text)
        piece->video = video[piece->video];
}

void facts_settle(struct facts *facts)
{
    struct arena *scratch = arena_new();
    const uint32_t *host = table_settle(scratch, &facts->hosts, sizeof(struct host), host_order);
    const uint32_t *video = table_settle(scratch, &facts->videos, sizeof(struct recorded_video), video_order);
    VEC_EACH (struct recorded_process, p, &facts->processes) {
        process_renumber(p, host, video);
        facts_trim_text(facts, p);
    }
    const uint32_t *process =
        table_settle(scratch, &facts->processes, sizeof(struct recorded_process), process_order);
    VEC_EACH (struct file_use, use, &facts->files) {
        use->process = process[use->process];
        use->video = video[use->video];
    }
    VEC_SORT(&facts->files, struct file_use, file_order);
    VEC_EACH (struct fact, fact, &facts->events) {
        fact->process = process[fact->process];
        fact->video = video[fact->video];
    }
    VEC_SORT(&facts->events, struct fact, facts_order);
    facts_settle_calls(facts, process, video);
    VEC_SORT(&facts->damages, struct damage, damage_order);
    damages_once(&facts->damages);
    VEC_SORT(&facts->chunks, uint64_t, chunk_order);
    arena_free(scratch);
    facts_reindex(facts);
    facts_reindex_opens(facts);
}
