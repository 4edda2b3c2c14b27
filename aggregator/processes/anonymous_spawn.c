/* A child that names the caller as its parent, began during the call and runs that command is the one. */
#include "processes/anonymous_spawn.h"

#include "base/map.h"

struct finder {
    struct arena *arena;
    const struct facts *facts;
    struct map children; /* rows by their parent */
    struct map open;     /* of found, by thread: those whose wait is still to come */
    bool *claimed;       /* by row */
    struct vec found;    /* of struct anonymous_spawn */
};

bool anonymous_spawn_is(const struct fact *fact)
{
    return (fact->kind == FACT_SPAWN && !fact->process_spawn.child && !fact->process_spawn.error) ||
           (fact->kind == FACT_REAP && !fact->process_reap.child);
}

static uint64_t parent_hash(uint32_t host, uint32_t pid, uint64_t start)
{
    return map_mix(map_mix(host, pid), start);
}

static void index_children(struct finder *f)
{
    for (uint32_t i = 0; i < f->facts->processes.count; i++) {
        const struct process *p = facts_process_at(f->facts, i);
        if (p->parent_start)
            map_add(f->arena, &f->children, parent_hash(p->host, p->ppid, p->parent_start), i);
    }
}

static struct str last_word(struct str words)
{
    size_t end = words.len && !words.ptr[words.len - 1] ? words.len - 1 : words.len, at = end;
    while (at > 0 && words.ptr[at - 1])
        at--;
    return (struct str){words.ptr + at, end - at};
}

/* Newer libraries put "--" before the command. */
static bool runs(const struct process *p, struct str argv)
{
    const struct image *first = p->images.items;
    return p->images.count && str_equal(last_word(first->argv), last_word(argv));
}

static uint32_t child_of(struct finder *f, const struct fact *spawn)
{
    const struct process *parent = facts_process_at(f->facts, spawn->process);
    uint64_t from = spawn->ticks - spawn->took;
    uint32_t best = NONE;
    MAP_EACH (i, &f->children, parent_hash(parent->host, parent->pid, parent->start)) {
        const struct process *p = facts_process_at(f->facts, i);
        bool fits = p->host == parent->host && p->ppid == parent->pid && p->parent_start == parent->start &&
                    p->start >= from && p->start <= spawn->ticks && !f->claimed[i] &&
                    runs(p, spawn->process_spawn.argv);
        if (fits && (best == NONE || p->start < facts_process_at(f->facts, best)->start))
            best = i;
    }
    if (best != NONE)
        f->claimed[best] = true;
    return best;
}

static uint64_t thread_hash(const struct fact *fact) { return map_mix(fact->process, fact->tid); }

static void add_spawn(struct finder *f, const struct fact *fact)
{
    map_add(f->arena, &f->open, thread_hash(fact), (uint32_t)f->found.count);
    *VEC_PUSH(f->arena, &f->found, struct anonymous_spawn) =
        (struct anonymous_spawn){.spawn = fact, .row = child_of(f, fact)};
}

/* The thread's latest that has no end yet. */
static void add_reap(struct finder *f, const struct fact *fact)
{
    struct anonymous_spawn *latest = NULL;
    MAP_EACH (i, &f->open, thread_hash(fact)) {
        struct anonymous_spawn *n = VEC_AT(&f->found, struct anonymous_spawn, i);
        bool same = n->spawn->process == fact->process && n->spawn->tid == fact->tid;
        if (same && !n->reap && (!latest || n->spawn > latest->spawn))
            latest = n;
    }
    if (latest)
        latest->reap = fact;
}

struct vec anonymous_spawns_find(struct arena *arena, const struct facts *facts)
{
    struct finder f = {.arena = arena, .facts = facts};
    f.claimed = arena_alloc(arena, facts->processes.count + 1);
    index_children(&f);
    VEC_EACH (const struct fact, fact, &facts->events) {
        if (!anonymous_spawn_is(fact))
            continue;
        if (fact->kind == FACT_SPAWN)
            add_spawn(&f, fact);
        else
            add_reap(&f, fact);
    }
    return f.found;
}
