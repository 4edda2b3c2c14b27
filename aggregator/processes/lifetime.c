/* All signs of life of a pid in order of time, cut into lifetimes. */
#include "processes/lifetime.h"

#include "processes/anonymous_spawn.h"

#include <sys/wait.h>

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
        const struct process *p = facts_process_at(l->facts, i);
        *VEC_PUSH(l->scratch, &l->marks, struct mark) = (struct mark){p->host, p->pid, p->start, MARK_ROW, i};
    }
    VEC_SORT(&l->marks, struct mark, mark_order);
}

static struct lifetime *lifetime_new(struct lifetimes *l, const struct mark *mark)
{
    struct lifetime *lifetime = VEC_PUSH(l->arena, &l->lifetimes, struct lifetime);
    lifetime->proc = (struct proc){
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
    const struct process *p = facts_process_at(l->facts, row);
    if (lifetime->proc.row != NONE || lifetime->reap)
        return false;
    const struct process *parent =
        lifetime->spawn ? facts_process_at(l->facts, lifetime->spawn->process) : NULL;
    return !parent || !p->parent_start || p->parent_start == parent->start;
}

/* Whether a spawn began a process that was seen from inside before. */
static bool spawn_fits(const struct lifetimes *l, const struct lifetime *lifetime, const struct mark *mark)
{
    if (lifetime->proc.row == NONE || lifetime->spawn || lifetime->reap ||
        mark->ticks - lifetime->proc.start > LATE_TICKS)
        return false;
    const struct process *p = facts_process_at(l->facts, lifetime->proc.row);
    const struct process *parent = facts_process_at(l->facts, fact_at(l, mark->index)->process);
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
