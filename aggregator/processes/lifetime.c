/* All signs of life of a pid in order of time, cut into lifetimes. What libc started by itself has no pid: a
 * child that names the caller as its parent, began during the call and runs that command is the one. */
#include "processes/lifetime.h"

#include "base/map.h"

#include <sys/wait.h>

/* ---- shells that libc started by itself ---- */

/* A spawn without a pid, and the wait that goes with it. */
struct anonymous_spawn {
    const struct fact *spawn, *reap; /* reap NULL: not seen */
    uint32_t row;                    /* the process that it was; NONE: not recorded */
};

struct spawn_finder {
    struct arena *arena;
    const struct facts *facts;
    struct map children; /* rows by their parent */
    struct map open;     /* of found, by thread: those whose wait is still to come */
    bool *claimed;       /* by row */
    struct vec found;    /* of struct anonymous_spawn */
};

static bool anonymous_spawn_is(const struct fact *fact)
{
    return (fact->kind == FACT_SPAWN && !fact->process_spawn.child && !fact->process_spawn.error) ||
           (fact->kind == FACT_REAP && !fact->process_reap.child);
}

static uint64_t parent_hash(uint32_t host, uint32_t pid, uint64_t start)
{
    return map_mix(map_mix(host, pid), start);
}

static void index_children(struct spawn_finder *f)
{
    for (uint32_t i = 0; i < f->facts->processes.count; i++) {
        const struct recorded_process *p = facts_process_at(f->facts, i);
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
static bool runs(const struct recorded_process *p, struct str argv)
{
    const struct image *first = p->images.items;
    return p->images.count && str_equal(last_word(first->argv), last_word(argv));
}

static uint32_t child_of(struct spawn_finder *f, const struct fact *spawn)
{
    const struct recorded_process *parent = facts_process_at(f->facts, spawn->process);
    uint64_t from = spawn->ticks - spawn->took;
    uint32_t best = NONE;
    MAP_EACH (i, &f->children, parent_hash(parent->host, parent->pid, parent->start)) {
        const struct recorded_process *p = facts_process_at(f->facts, i);
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

static void add_spawn(struct spawn_finder *f, const struct fact *fact)
{
    map_add(f->arena, &f->open, thread_hash(fact), (uint32_t)f->found.count);
    *VEC_PUSH(f->arena, &f->found, struct anonymous_spawn) =
        (struct anonymous_spawn){.spawn = fact, .row = child_of(f, fact)};
}

/* The thread's latest that has no end yet. */
static void add_reap(struct spawn_finder *f, const struct fact *fact)
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

static struct vec anonymous_spawns_find(struct arena *arena, const struct facts *facts)
{
    struct spawn_finder f = {.arena = arena, .facts = facts};
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

/* ---- lifetimes ---- */

/* A spawn's beginning is rounded down to the chunk's units of time: a child may seem a little older. */
#define ROUNDING_TICKS 4096

/* A spawn that had to wait for a new chunk is told as later than it was: so late may it be for its child. */
#define LATE_TICKS (1u << 28)

enum mark_kind { MARK_SPAWN, MARK_ROW, MARK_REAP };

/* A sign of life of a pid. */
struct mark {
    uint32_t host, pid;
    uint64_t ticks;
    enum mark_kind kind;
    uint32_t index; /* of the fact, or of the process */
};

struct lifetimes {
    struct arena *arena, *scratch;
    const struct facts *facts;
    struct vec anonymous_spawn; /* of struct anonymous_spawn, in scratch */
    struct vec marks;           /* of struct mark, in scratch */
    struct vec lifetimes;       /* of struct lifetime */
};

static const struct fact *fact_at(const struct lifetimes *l, uint32_t i)
{
    return VEC_AT(&l->facts->events, struct fact, i);
}

bool lifetime_is_end(uint64_t wait_status)
{
    return WIFEXITED((int)wait_status) || WIFSIGNALED((int)wait_status);
}

static void add_fact_mark(struct lifetimes *l, uint32_t index)
{
    const struct fact *fact = fact_at(l, index);
    bool spawn = fact->kind == FACT_SPAWN && fact->process_spawn.error == 0 && fact->process_spawn.child;
    bool reap = fact->kind == FACT_REAP && lifetime_is_end(fact->process_reap.wait_status);
    if ((!spawn && !reap) || anonymous_spawn_is(fact))
        return;
    uint64_t back = spawn ? fact->took + ROUNDING_TICKS : 0;
    *VEC_PUSH(l->scratch, &l->marks, struct mark) = (struct mark){
        .host = facts_process_at(l->facts, fact->process)->host,
        .pid = (uint32_t)(spawn ? fact->process_spawn.child : fact->process_reap.child),
        .ticks = fact->ticks > back ? fact->ticks - back : 0,
        .kind = spawn ? MARK_SPAWN : MARK_REAP,
        .index = index,
    };
}

static int mark_order(const void *one, const void *other)
{
    const struct mark *a = one, *b = other;
    if (a->host != b->host)
        return a->host < b->host ? -1 : 1;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    if (a->ticks != b->ticks)
        return a->ticks < b->ticks ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void collect_marks(struct lifetimes *l)
{
    for (uint32_t i = 0; i < l->facts->events.count; i++)
        add_fact_mark(l, i);
    for (uint32_t i = 0; i < l->facts->processes.count; i++) {
        const struct recorded_process *p = facts_process_at(l->facts, i);
        *VEC_PUSH(l->scratch, &l->marks, struct mark) = (struct mark){p->host, p->pid, p->start, MARK_ROW, i};
    }
    VEC_SORT(&l->marks, struct mark, mark_order);
}

static struct lifetime *lifetime_new(struct lifetimes *l, const struct mark *mark)
{
    struct lifetime *lifetime = VEC_PUSH(l->arena, &l->lifetimes, struct lifetime);
    lifetime->proc = (struct process){
        .row = NONE,
        .host = mark->host,
        .pid = mark->pid,
        .parent = NONE,
        .killed_by = NONE,
    };
    return lifetime;
}

/* Whether a process that began now can be the one of this life: it must not have another parent. */
static bool row_fits(const struct lifetimes *l, const struct lifetime *lifetime, uint32_t row)
{
    const struct recorded_process *p = facts_process_at(l->facts, row);
    if (lifetime->proc.row != NONE || lifetime->reap)
        return false;
    const struct recorded_process *parent =
        lifetime->spawn ? facts_process_at(l->facts, lifetime->spawn->process) : NULL;
    return !parent || !p->parent_start || p->parent_start == parent->start;
}

/* Whether a spawn began a process that was seen from inside before. */
static bool spawn_fits(const struct lifetimes *l, const struct lifetime *lifetime, const struct mark *mark)
{
    if (lifetime->proc.row == NONE || lifetime->spawn || lifetime->reap ||
        mark->ticks - lifetime->proc.start > LATE_TICKS)
        return false;
    const struct recorded_process *p = facts_process_at(l->facts, lifetime->proc.row);
    const struct recorded_process *parent = facts_process_at(l->facts, fact_at(l, mark->index)->process);
    return p->ppid == parent->pid && p->parent_start == parent->start;
}

static struct lifetime *open_lifetime(struct lifetimes *l, const struct mark *mark)
{
    struct lifetime *last = l->lifetimes.count ? VEC_LAST(&l->lifetimes, struct lifetime) : NULL;
    bool same = last && last->proc.host == mark->host && last->proc.pid == mark->pid;
    bool goes_on = same && ((mark->kind == MARK_ROW && row_fits(l, last, mark->index)) ||
                            (mark->kind == MARK_SPAWN && spawn_fits(l, last, mark)) ||
                            (mark->kind == MARK_REAP && !last->reap));
    return goes_on ? last : lifetime_new(l, mark);
}

static void collect_lifetimes(struct lifetimes *l)
{
    VEC_EACH (struct mark, mark, &l->marks) {
        struct lifetime *lifetime = open_lifetime(l, mark);
        if (mark->kind == MARK_ROW) {
            lifetime->proc.row = mark->index;
            lifetime->proc.start = mark->ticks;
        } else if (mark->kind == MARK_SPAWN) {
            lifetime->spawn = fact_at(l, mark->index);
        } else {
            lifetime->reap = fact_at(l, mark->index);
        }
    }
}

static struct lifetime *lifetime_of_row(struct lifetimes *l, uint32_t row)
{
    VEC_EACH (struct lifetime, lifetime, &l->lifetimes)
        if (lifetime->proc.row == row)
            return lifetime;
    return NULL;
}

/* What libc started by itself: the child's own record gets its parent's word, or there is that alone. */
static void add_anonymous_spawns(struct lifetimes *l)
{
    VEC_EACH (const struct anonymous_spawn, n, &l->anonymous_spawn) {
        struct mark mark = {.host = facts_process_at(l->facts, n->spawn->process)->host};
        struct lifetime *lifetime = n->row == NONE ? lifetime_new(l, &mark) : lifetime_of_row(l, n->row);
        if (!lifetime || lifetime->spawn)
            continue;
        lifetime->spawn = n->spawn;
        lifetime->reap = lifetime->reap ? lifetime->reap : n->reap;
    }
}

struct vec lifetimes_collect(struct arena *arena, const struct facts *facts)
{
    struct lifetimes lifetimes = {.arena = arena, .scratch = arena_new(), .facts = facts};
    lifetimes.anonymous_spawn = anonymous_spawns_find(lifetimes.scratch, facts);
    collect_marks(&lifetimes);
    collect_lifetimes(&lifetimes);
    add_anonymous_spawns(&lifetimes);
    arena_free(lifetimes.scratch);
    return lifetimes.lifetimes;
}
