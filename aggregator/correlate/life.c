/* All signs of life of a pid in order of time, cut into lives. */
#include "correlate/life.h"

#include "correlate/nameless.h"

#include "vl/event.h"

#include <sys/wait.h>

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

struct lives {
    struct arena *arena, *scratch;
    const struct facts *facts;
    struct vec nameless; /* of struct nameless, in scratch */
    struct vec marks;    /* of struct mark, in scratch */
    struct vec lives;    /* of struct life */
};

static const struct fact *fact_at(const struct lives *l, uint32_t i)
{
    return VEC_AT(&l->facts->events, struct fact, i);
}

bool life_is_end(uint64_t wait_status)
{
    return WIFEXITED((int)wait_status) || WIFSIGNALED((int)wait_status);
}

static void add_fact_mark(struct lives *l, uint32_t index)
{
    const struct fact *fact = fact_at(l, index);
    bool spawn = fact->kind == FACT_SPAWN && (int64_t)fact->n[2] == 0 && fact->n[1];
    bool reap = fact->kind == FACT_REAP && life_is_end(fact->n[1]);
    if ((!spawn && !reap) || nameless_is(fact))
        return;
    uint64_t back = spawn ? fact->took + ROUNDING_TICKS : 0;
    *VEC_PUSH(l->scratch, &l->marks, struct mark) = (struct mark){
        .host = facts_process_at(l->facts, fact->process)->host,
        .pid = (uint32_t)fact->n[spawn ? 1 : 0],
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

static void collect_marks(struct lives *l)
{
    for (uint32_t i = 0; i < l->facts->events.count; i++)
        add_fact_mark(l, i);
    for (uint32_t i = 0; i < l->facts->processes.count; i++) {
        const struct process *p = facts_process_at(l->facts, i);
        *VEC_PUSH(l->scratch, &l->marks, struct mark) = (struct mark){p->host, p->pid, p->start, MARK_ROW, i};
    }
    VEC_SORT(&l->marks, struct mark, mark_order);
}

static struct life *life_new(struct lives *l, const struct mark *mark)
{
    struct life *life = VEC_PUSH(l->arena, &l->lives, struct life);
    life->proc = (struct proc){
        .row = NONE,
        .host = mark->host,
        .pid = mark->pid,
        .parent = NONE,
        .killed_by = NONE,
    };
    return life;
}

/* Lives of one pid that have no end yet, by their beginning. In several PID namespaces there is one of them
 * in each: who began or awaited a process tells which is meant. */
struct open_lives {
    struct vec list;   /* of uint32_t: index of struct life */
    uint32_t unspoken; /* of them: told by a parent alone */
};

static struct life *life_at(const struct lives *l, uint32_t i) { return VEC_AT(&l->lives, struct life, i); }

/* The recorded process that a row names as its parent, or NONE. */
static uint32_t parent_of_row(const struct lives *l, uint32_t row)
{
    const struct process *p = facts_process_at(l->facts, row);
    return p->parent_start ? facts_find_process(l->facts, p->host, p->ppid, p->parent_start) : NONE;
}

static uint32_t parent_of(const struct lives *l, const struct life *life)
{
    return life->spawn              ? life->spawn->process
           : life->proc.row != NONE ? parent_of_row(l, life->proc.row)
                                    : NONE;
}

/* Whether a process that began now can be the one of this life: it must not have another parent. One that
 * names none can be the latest alone. */
static bool row_fits(const struct lives *l, const struct life *life, uint32_t row, bool latest)
{
    const struct process *p = facts_process_at(l->facts, row);
    if (life->proc.row != NONE || !life->spawn)
        return false;
    const struct process *parent = facts_process_at(l->facts, life->spawn->process);
    return p->parent_start ? p->parent_start == parent->start : latest;
}

/* Whether a spawn began a process that was seen from inside before. */
static bool spawn_fits(const struct lives *l, const struct life *life, const struct mark *mark)
{
    if (life->proc.row == NONE || life->spawn || mark->ticks - life->proc.start > LATE_TICKS)
        return false;
    const struct process *p = facts_process_at(l->facts, life->proc.row);
    const struct process *parent = facts_process_at(l->facts, fact_at(l, mark->index)->process);
    return p->ppid == parent->pid && p->parent_start == parent->start;
}

static bool mark_fits(const struct lives *l, const struct life *life, const struct mark *mark, bool latest)
{
    if (mark->kind == MARK_ROW)
        return row_fits(l, life, mark->index, latest);
    if (mark->kind == MARK_SPAWN)
        return spawn_fits(l, life, mark);
    return parent_of(l, life) == fact_at(l, mark->index)->process;
}

/* Where the life that goes on with this mark stands in the list, or its length. An orphan is awaited by
 * somebody else. */
static size_t find_open(const struct lives *l, const struct open_lives *open, const struct mark *mark)
{
    size_t count = open->list.count, i = count;
    if (mark->kind == MARK_ROW && !open->unspoken)
        return count;
    while (i-- > 0)
        if (mark_fits(l, life_at(l, *VEC_AT(&open->list, uint32_t, i)), mark, i + 1 == count))
            return i;
    return mark->kind == MARK_REAP && count ? count - 1 : count;
}

static void close_at(struct open_lives *open, size_t at)
{
    uint32_t *gone = VEC_AT(&open->list, uint32_t, at);
    memmove(gone, gone + 1, (--open->list.count - at) * sizeof *gone);
}

static void take_mark(struct lives *l, struct open_lives *open, const struct mark *mark)
{
    size_t at = find_open(l, open, mark), fresh = open->list.count;
    bool is_new = at == fresh;
    if (is_new)
        *VEC_PUSH(l->scratch, &open->list, uint32_t) = (uint32_t)l->lives.count;
    struct life *life = is_new ? life_new(l, mark) : life_at(l, *VEC_AT(&open->list, uint32_t, at));
    bool was_unspoken = !is_new && life->proc.row == NONE;
    if (mark->kind == MARK_ROW) {
        life->proc.row = mark->index;
        life->proc.start = mark->ticks;
    } else if (mark->kind == MARK_SPAWN) {
        life->spawn = fact_at(l, mark->index);
    } else {
        life->reap = fact_at(l, mark->index);
        close_at(open, at);
    }
    bool unspoken = !life->reap && life->proc.row == NONE;
    open->unspoken = open->unspoken + unspoken - was_unspoken;
}

static void collect_lives(struct lives *l)
{
    struct open_lives open = {0};
    const struct mark *before = NULL;
    VEC_EACH (struct mark, mark, &l->marks) {
        if (!before || before->host != mark->host || before->pid != mark->pid) {
            open.list.count = 0;
            open.unspoken = 0;
        }
        take_mark(l, &open, mark);
        before = mark;
    }
}

/* ---- PID namespaces: a process and its parent know it by different pids ---- */

static uint64_t spawn_begin(const struct fact *spawn) { return spawn->ticks - spawn->took; }

/* How far a process's start is from the beginning of the call that may have begun it; UINT64_MAX: it did not.
 * A fork's child has the moment at which the call began as its own start. What libc began by itself (popen)
 * is known by the command, and the first process of a namespace, or one that an older recorder told of, by
 * its pid. */
static uint64_t distance(const struct lives *l, const struct fact *spawn, uint32_t row)
{
    const struct process *p = facts_process_at(l->facts, row);
    uint64_t begin = spawn_begin(spawn), start = p->start;
    if (start >= begin && start - begin < ROUNDING_TICKS)
        return start - begin;
    bool known = p->pid == 1 || (spawn->n[0] == VL_START_POPEN && nameless_runs(p, spawn->b));
    bool first = (uint32_t)spawn->sequence < CHUNK_BEGIN;
    if (begin > start)
        return (known || first) && begin - start < LATE_TICKS ? begin - start : UINT64_MAX;
    return known && start - begin < spawn->took + LATE_TICKS ? start - begin : UINT64_MAX;
}

/* Spawns that no process of their pid answers to, by parent. */
static struct map index_unspoken(struct lives *l)
{
    struct map map = {0};
    for (uint32_t i = 0; i < l->lives.count; i++) {
        const struct life *life = life_at(l, i);
        if (life->proc.row == NONE && life->spawn)
            map_add(l->scratch, &map, map_mix(0, life->spawn->process), i);
    }
    return map;
}

static struct life *nearest_unspoken(const struct lives *l, const struct map *map, uint32_t parent,
                                     uint32_t row)
{
    struct life *best = NULL;
    uint64_t best_distance = UINT64_MAX;
    MAP_EACH (i, map, map_mix(0, parent)) {
        struct life *life = life_at(l, i);
        if (life->proc.row != NONE || life->spawn->process != parent)
            continue;
        uint64_t d = distance(l, life->spawn, row);
        if (d < best_distance || (d == best_distance && d != UINT64_MAX && life->spawn < best->spawn)) {
            best = life;
            best_distance = d;
        }
    }
    return best;
}

/* A process that nobody began under the pid that it sees itself is one that was begun under another. */
static void join_namespaces(struct lives *l)
{
    struct map unspoken = index_unspoken(l);
    struct vec kept = {0};
    VEC_EACH (struct life, life, &l->lives) {
        uint32_t parent = life->proc.row == NONE || life->spawn ? NONE : parent_of_row(l, life->proc.row);
        struct life *outside = parent == NONE ? NULL : nearest_unspoken(l, &unspoken, parent, life->proc.row);
        if (!outside)
            continue;
        outside->proc.row = life->proc.row;
        outside->proc.start = life->proc.start;
        life->proc.row = NONE;
        life->joined = true;
    }
    VEC_EACH (const struct life, life, &l->lives)
        if (!life->joined)
            *VEC_PUSH(l->arena, &kept, struct life) = *life;
    l->lives = kept;
}

static struct life *life_of_row(struct lives *l, uint32_t row)
{
    VEC_EACH (struct life, life, &l->lives)
        if (life->proc.row == row)
            return life;
    return NULL;
}

/* What libc started by itself: the child's own record gets its parent's word, or there is that alone. */
static void add_nameless(struct lives *l)
{
    VEC_EACH (const struct nameless, n, &l->nameless) {
        struct mark mark = {.host = facts_process_at(l->facts, n->spawn->process)->host};
        struct life *life = n->row == NONE ? life_new(l, &mark) : life_of_row(l, n->row);
        if (!life || life->spawn)
            continue;
        life->spawn = n->spawn;
        life->reap = life->reap ? life->reap : n->reap;
    }
}

struct vec lives_collect(struct arena *arena, const struct facts *facts)
{
    struct lives lives = {.arena = arena, .scratch = arena_new(), .facts = facts};
    lives.nameless = nameless_find(lives.scratch, facts);
    collect_marks(&lives);
    collect_lives(&lives);
    join_namespaces(&lives);
    add_nameless(&lives);
    arena_free(lives.scratch);
    return lives.lives;
}
