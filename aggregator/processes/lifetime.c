/* All signs of life of a pid in order of time, cut into lifetimes. What libc started by itself has no pid: a
 * child that names the caller as its parent, began during the call and runs that command is the one. */
#include "processes/lifetime.h"

#include "base/map.h"

#include "vl/event.h"

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

/* Bytes of a chunk in which its first event lies, behind the definitions that it needs. */
#define CHUNK_BEGIN 1024

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

/* Lifetimes of one pid that have no end yet, by their beginning. In several PID namespaces there is one of
 * them in each: who began or awaited a process tells which is meant. */
struct open_lifetimes {
    struct vec list;   /* of uint32_t: index of struct lifetime */
    uint32_t unspoken; /* of them: told by a parent alone */
};

static struct lifetime *lifetime_at(const struct lifetimes *l, uint32_t i)
{
    return VEC_AT(&l->lifetimes, struct lifetime, i);
}

/* The recorded process that a row names as its parent, or NONE. */
static uint32_t parent_of_row(const struct lifetimes *l, uint32_t row)
{
    const struct recorded_process *p = facts_process_at(l->facts, row);
    return p->parent_start ? facts_find_process(l->facts, p->host, p->ppid, p->parent_start) : NONE;
}

static uint32_t parent_of(const struct lifetimes *l, const struct lifetime *lifetime)
{
    return lifetime->spawn              ? lifetime->spawn->process
           : lifetime->proc.row != NONE ? parent_of_row(l, lifetime->proc.row)
                                        : NONE;
}

/* Whether a process that began now can be the one of this lifetime: it must not have another parent. One that
 * names none can be the latest alone. */
static bool row_fits(const struct lifetimes *l, const struct lifetime *lifetime, uint32_t row, bool latest)
{
    const struct recorded_process *p = facts_process_at(l->facts, row);
    if (lifetime->proc.row != NONE || !lifetime->spawn)
        return false;
    const struct recorded_process *parent = facts_process_at(l->facts, lifetime->spawn->process);
    return p->parent_start ? p->parent_start == parent->start : latest;
}

/* Whether a spawn began a process that was seen from inside before. */
static bool spawn_fits(const struct lifetimes *l, const struct lifetime *lifetime, const struct mark *mark)
{
    if (lifetime->proc.row == NONE || lifetime->spawn || mark->ticks - lifetime->proc.start > LATE_TICKS)
        return false;
    const struct recorded_process *p = facts_process_at(l->facts, lifetime->proc.row);
    const struct recorded_process *parent = facts_process_at(l->facts, fact_at(l, mark->index)->process);
    return p->ppid == parent->pid && p->parent_start == parent->start;
}

static bool mark_fits(const struct lifetimes *l, const struct lifetime *lifetime, const struct mark *mark,
                      bool latest)
{
    if (mark->kind == MARK_ROW)
        return row_fits(l, lifetime, mark->index, latest);
    if (mark->kind == MARK_SPAWN)
        return spawn_fits(l, lifetime, mark);
    return parent_of(l, lifetime) == fact_at(l, mark->index)->process;
}

/* Where the lifetime that goes on with this mark stands in the list, or its length. An orphan is awaited by
 * somebody else. */
static size_t find_open(const struct lifetimes *l, const struct open_lifetimes *open, const struct mark *mark)
{
    size_t count = open->list.count, i = count;
    if (mark->kind == MARK_ROW && !open->unspoken)
        return count;
    while (i-- > 0)
        if (mark_fits(l, lifetime_at(l, *VEC_AT(&open->list, uint32_t, i)), mark, i + 1 == count))
            return i;
    return mark->kind == MARK_REAP && count ? count - 1 : count;
}

static void close_at(struct open_lifetimes *open, size_t at)
{
    uint32_t *gone = VEC_AT(&open->list, uint32_t, at);
    memmove(gone, gone + 1, (--open->list.count - at) * sizeof *gone);
}

static void add_mark(struct lifetimes *l, struct open_lifetimes *open, const struct mark *mark)
{
    size_t at = find_open(l, open, mark), fresh = open->list.count;
    bool is_new = at == fresh;
    if (is_new)
        *VEC_PUSH(l->scratch, &open->list, uint32_t) = (uint32_t)l->lifetimes.count;
    struct lifetime *lifetime =
        is_new ? lifetime_new(l, mark) : lifetime_at(l, *VEC_AT(&open->list, uint32_t, at));
    bool was_unspoken = !is_new && lifetime->proc.row == NONE;
    if (mark->kind == MARK_ROW) {
        lifetime->proc.row = mark->index;
        lifetime->proc.start = mark->ticks;
    } else if (mark->kind == MARK_SPAWN) {
        lifetime->spawn = fact_at(l, mark->index);
    } else {
        lifetime->reap = fact_at(l, mark->index);
        close_at(open, at);
    }
    bool unspoken = !lifetime->reap && lifetime->proc.row == NONE;
    open->unspoken = open->unspoken + unspoken - was_unspoken;
}

static void collect_lifetimes(struct lifetimes *l)
{
    struct open_lifetimes open = {0};
    const struct mark *before = NULL;
    VEC_EACH (struct mark, mark, &l->marks) {
        if (!before || before->host != mark->host || before->pid != mark->pid) {
            open.list.count = 0;
            open.unspoken = 0;
        }
        add_mark(l, &open, mark);
        before = mark;
    }
}

/* ---- PID namespaces: a process and its parent know it by different pids ---- */

static uint64_t spawn_begin(const struct fact *spawn) { return spawn->ticks - spawn->took; }

/* How far a process's start is from the beginning of the call that may have begun it; UINT64_MAX: it did not.
 * A fork's child has the moment at which the call began as its own start. What libc began by itself (popen)
 * is known by the command, and the first process of a namespace, or one that an older recorder told of, by
 * its pid. */
static uint64_t distance(const struct lifetimes *l, const struct fact *spawn, uint32_t row)
{
    const struct recorded_process *p = facts_process_at(l->facts, row);
    uint64_t begin = spawn_begin(spawn), start = p->start;
    if (start >= begin && start - begin < ROUNDING_TICKS)
        return start - begin;
    bool known =
        p->pid == 1 || (spawn->process_spawn.how == VL_START_POPEN && runs(p, spawn->process_spawn.argv));
    bool first = (uint32_t)spawn->sequence < CHUNK_BEGIN;
    if (begin > start)
        return (known || first) && begin - start < LATE_TICKS ? begin - start : UINT64_MAX;
    return known && start - begin < spawn->took + LATE_TICKS ? start - begin : UINT64_MAX;
}

/* Spawns that no process of their pid answers to, by parent. */
static struct map index_unspoken(struct lifetimes *l)
{
    struct map map = {0};
    for (uint32_t i = 0; i < l->lifetimes.count; i++) {
        const struct lifetime *lifetime = lifetime_at(l, i);
        if (lifetime->proc.row == NONE && lifetime->spawn)
            map_add(l->scratch, &map, map_mix(0, lifetime->spawn->process), i);
    }
    return map;
}

static struct lifetime *nearest_unspoken(const struct lifetimes *l, const struct map *map, uint32_t parent,
                                         uint32_t row)
{
    struct lifetime *best = NULL;
    uint64_t best_distance = UINT64_MAX;
    MAP_EACH (i, map, map_mix(0, parent)) {
        struct lifetime *lifetime = lifetime_at(l, i);
        if (lifetime->proc.row != NONE || lifetime->spawn->process != parent)
            continue;
        uint64_t d = distance(l, lifetime->spawn, row);
        if (d < best_distance || (d == best_distance && d != UINT64_MAX && lifetime->spawn < best->spawn)) {
            best = lifetime;
            best_distance = d;
        }
    }
    return best;
}

/* A process that nobody began under the pid that it sees itself is one that was begun under another. */
static void join_namespaces(struct lifetimes *l)
{
    struct map unspoken = index_unspoken(l);
    struct vec kept = {0};
    VEC_EACH (struct lifetime, lifetime, &l->lifetimes) {
        uint32_t parent =
            lifetime->proc.row == NONE || lifetime->spawn ? NONE : parent_of_row(l, lifetime->proc.row);
        struct lifetime *outside =
            parent == NONE ? NULL : nearest_unspoken(l, &unspoken, parent, lifetime->proc.row);
        if (!outside)
            continue;
        outside->proc.row = lifetime->proc.row;
        outside->proc.start = lifetime->proc.start;
        lifetime->proc.row = NONE;
        lifetime->joined = true;
    }
    VEC_EACH (const struct lifetime, lifetime, &l->lifetimes)
        if (!lifetime->joined)
            *VEC_PUSH(l->arena, &kept, struct lifetime) = *lifetime;
    l->lifetimes = kept;
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
    join_namespaces(&lifetimes);
    add_anonymous_spawns(&lifetimes);
    arena_free(lifetimes.scratch);
    return lifetimes.lifetimes;
}
