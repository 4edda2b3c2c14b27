/* The lists of a set of facts, each with the bound that keeps it small and a rule that makes the result
 * independent of the order in which things arrive. */
#include "model/facts/facts_lists.h"

static int image_order(const void *one, const void *other)
{
    const struct image *a = one, *b = other;
    LESS(a->number, b->number);
    LESS(a->ticks, b->ticks);
    LESS(a->how, b->how);
    LESS(a->argv_bytes, b->argv_bytes);
    int exe = str_compare(a->exe, b->exe), cwd = str_compare(a->cwd, b->cwd);
    return exe ? exe : cwd ? cwd : str_compare(a->argv, b->argv);
}

void facts_add_image(struct facts *facts, uint32_t process, struct image image)
{
    struct vec *images = &facts_process_at(facts, process)->images;
    image.exe = facts_str(facts, image.exe);
    image.cwd = facts_str(facts, image.cwd);
    image.argv = facts_str(facts, image.argv);
    size_t at = vec_lower(images, sizeof image, &image, image_order);
    *(struct image *)vec_insert(facts->arena, images, sizeof image, at) = image;
}

static int sample_order(const void *one, const void *other)
{
    const struct sample *a = one, *b = other;
    LESS(a->ticks, b->ticks);
    LESS(a->user_us, b->user_us);
    LESS(a->system_us, b->system_us);
    LESS(a->rss_kb, b->rss_kb);
    LESS(a->peak_kb, b->peak_kb);
    LESS(a->maxrss_kb, b->maxrss_kb);
    return 0;
}

/* Which sample goes first when there are too many: by chance, but the same one in any grouping. */
static uint64_t sample_rank(const struct sample *s)
{
    return map_mix(map_mix(s->ticks, s->user_us), s->rss_kb);
}

/* The first, the last and those at the start of an image always stay. */
static void samples_thin(struct vec *samples)
{
    size_t loose = 0, worst = 0;
    for (size_t i = 1; i + 1 < samples->count; i++) {
        const struct sample *s = VEC_AT(samples, struct sample, i);
        if (s->at_start)
            continue;
        if (!loose++ || sample_rank(s) > sample_rank(VEC_AT(samples, struct sample, worst)))
            worst = i;
    }
    if (loose <= SAMPLES_MAX)
        return;
    struct sample *gone = VEC_AT(samples, struct sample, worst);
    memmove(gone, gone + 1, (--samples->count - worst) * sizeof *gone);
}

void facts_add_sample(struct facts *facts, uint32_t process, struct sample sample)
{
    struct vec *samples = &facts_process_at(facts, process)->samples;
    size_t at = vec_lower(samples, sizeof sample, &sample, sample_order);
    *(struct sample *)vec_insert(facts->arena, samples, sizeof sample, at) = sample;
    if (samples->count > SAMPLES_MAX)
        samples_thin(samples);
}

static int number_order(const void *a, const void *b)
{
    LESS(*(const uint32_t *)a, *(const uint32_t *)b);
    return 0;
}

void facts_add_video_of(struct facts *facts, uint32_t process, uint32_t video)
{
    struct vec *videos = &facts_process_at(facts, process)->videos;
    size_t at = vec_lower(videos, sizeof video, &video, number_order);
    if (at == videos->count || *VEC_AT(videos, uint32_t, at) != video)
        *(uint32_t *)vec_insert(facts->arena, videos, sizeof video, at) = video;
}

static uint64_t open_hash(const struct fact *fact)
{
    return map_mix(str_hash(fact->write_open.path), fact->process);
}

/* The FACT_OPEN_WRITE of the same process and path, or NULL. */
static struct fact *open_find(struct facts *facts, const struct fact *fact)
{
    MAP_EACH (i, &facts->open_index, open_hash(fact)) {
        struct fact *other = VEC_AT(&facts->events, struct fact, i);
        if (other->process == fact->process && str_equal(other->write_open.path, fact->write_open.path))
            return other;
    }
    return NULL;
}

int facts_order(const void *one, const void *other)
{
    const struct fact *a = one, *b = other;
    LESS(a->ticks, b->ticks);
    LESS(a->process, b->process);
    LESS(a->sequence, b->sequence);
    LESS(a->tid, b->tid);
    LESS(a->kind, b->kind);
    LESS(a->video, b->video);
    LESS(a->took, b->took);
    return fact_compare(a, b);
}

void facts_add_event(struct facts *facts, struct fact fact)
{
    if (fact.kind == FACT_OPEN_WRITE) {
        struct fact *first = open_find(facts, &fact);
        if (first) {
            fact.write_open.path = first->write_open.path;
            if (facts_order(&fact, first) < 0)
                *first = fact;
            return;
        }
        map_add(facts->arena, &facts->open_index, open_hash(&fact), (uint32_t)facts->events.count);
    }
    struct fact_fields fields = fact_fields(&fact);
    for (unsigned i = 0; i < FACT_STRINGS && fields.strings[i]; i++)
        *fields.strings[i] = facts_str(facts, *fields.strings[i]);
    *VEC_PUSH(facts->arena, &facts->events, struct fact) = fact;
}

void facts_reindex_opens(struct facts *facts)
{
    uint32_t i = 0;
    facts->open_index = (struct map){0};
    VEC_EACH (struct fact, fact, &facts->events) {
        if (fact->kind == FACT_OPEN_WRITE)
            map_add(facts->arena, &facts->open_index, open_hash(fact), i);
        i++;
    }
}

void facts_add_damage(struct facts *facts, struct damage damage)
{
    damage.file = facts_str(facts, damage.file);
    damage.what = facts_str(facts, damage.what);
    *VEC_PUSH(facts->arena, &facts->damages, struct damage) = damage;
}

void facts_add_chunk(struct facts *facts, uint64_t name)
{
    *VEC_PUSH(facts->arena, &facts->chunks, uint64_t) = name;
}

size_t facts_chunks_shared(const struct vec *one, const struct vec *other)
{
    size_t shared = 0;
    for (size_t i = 0, j = 0; i < one->count && j < other->count;) {
        uint64_t a = *VEC_AT(one, uint64_t, i), b = *VEC_AT(other, uint64_t, j);
        shared += a == b;
        i += a <= b;
        j += b <= a;
    }
    return shared;
}

/* A process ends once; should two ends be told, the later one counts. */
void facts_add_exit(struct facts *facts, uint32_t process, uint8_t how, int64_t status, uint64_t ticks)
{
    struct recorded_process *p = facts_process_at(facts, process);
    if (p->exit_seen && p->exit_ticks == ticks && p->exit_status == status)
        how = how > p->exit_how ? how : p->exit_how;
    else if (p->exit_seen && (p->exit_ticks > ticks || (p->exit_ticks == ticks && p->exit_status > status)))
        return;
    p->exit_seen = true;
    p->exit_how = how;
    p->exit_status = status;
    p->exit_ticks = ticks;
}

/* The parent whose start is known wins over one that is not, as after an orphan's adoption. */
void facts_add_parent(struct facts *facts, uint32_t process, uint32_t ppid, uint64_t parent_start)
{
    struct recorded_process *p = facts_process_at(facts, process);
    if (p->parent_start > parent_start || (p->parent_start == parent_start && p->ppid >= ppid))
        return;
    p->ppid = ppid;
    p->parent_start = parent_start;
}
