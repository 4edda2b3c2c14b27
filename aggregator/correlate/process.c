/* Lives of pids from spawns, rows and reaps; then what only the whole list can tell. */
#include "correlate/process.h"

#include "vl/event.h"

#include <sys/wait.h>

/* A spawn's beginning is rounded down to the chunk's units of time: a child may seem a little older. */
#define ROUNDING_TICKS 4096

enum mark_kind { MARK_SPAWN, MARK_ROW, MARK_REAP };

/* A sign of life of a pid. */
struct mark {
    uint32_t host, pid;
    uint64_t ticks;
    enum mark_kind kind;
    uint32_t index; /* of the fact, or of the process */
};

/* What the reaped children of a row used, and the largest of them. */
struct children {
    uint64_t user_us, system_us, maxrss_kb;
};

struct join {
    struct arena *arena;
    const struct facts *facts;
    struct vec marks;          /* of struct mark */
    struct vec lives;          /* of struct life */
    struct children *children; /* by row */
    struct map by_pid;         /* of out.list */
    struct processes out;
};

/* A process in the making: the signs that belong to it. */
struct life {
    struct proc proc;
    const struct fact *spawn, *reap;
};

static const struct fact *fact_at(const struct join *j, uint32_t i)
{
    return VEC_AT(&j->facts->events, struct fact, i);
}

static bool is_end(uint64_t wait_status)
{
    return WIFEXITED((int)wait_status) || WIFSIGNALED((int)wait_status);
}

static void add_fact_mark(struct join *j, uint32_t index)
{
    const struct fact *fact = fact_at(j, index);
    bool spawn = fact->kind == FACT_SPAWN && (int64_t)fact->n[2] == 0 && fact->n[1];
    bool reap = fact->kind == FACT_REAP && is_end(fact->n[1]);
    if (!spawn && !reap)
        return;
    uint64_t back = spawn ? fact->took + ROUNDING_TICKS : 0;
    *VEC_PUSH(j->arena, &j->marks, struct mark) = (struct mark){
        .host = facts_process_at(j->facts, fact->process)->host,
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

static void collect_marks(struct join *j)
{
    for (uint32_t i = 0; i < j->facts->events.count; i++)
        add_fact_mark(j, i);
    for (uint32_t i = 0; i < j->facts->processes.count; i++) {
        const struct process *p = facts_process_at(j->facts, i);
        *VEC_PUSH(j->arena, &j->marks, struct mark) = (struct mark){p->host, p->pid, p->start, MARK_ROW, i};
    }
    VEC_SORT(&j->marks, struct mark, mark_order);
}

static struct life *life_new(struct join *j, const struct mark *mark)
{
    struct life *life = VEC_PUSH(j->arena, &j->lives, struct life);
    life->proc = (struct proc){
        .row = NONE,
        .host = mark->host,
        .pid = mark->pid,
        .parent = NONE,
        .killed_by = NONE,
    };
    return life;
}

/* Whether a process that began now can be the one of this life: it must not have another parent. */
static bool row_fits(const struct join *j, const struct life *life, uint32_t row)
{
    const struct process *p = facts_process_at(j->facts, row);
    if (life->proc.row != NONE || life->reap)
        return false;
    const struct process *parent = life->spawn ? facts_process_at(j->facts, life->spawn->process) : NULL;
    return !parent || !p->parent_start || p->parent_start == parent->start;
}

static struct life *open_life(struct join *j, const struct mark *mark)
{
    struct life *last = j->lives.count ? VEC_LAST(&j->lives, struct life) : NULL;
    bool same = last && last->proc.host == mark->host && last->proc.pid == mark->pid;
    bool goes_on = same && ((mark->kind == MARK_ROW && row_fits(j, last, mark->index)) ||
                            (mark->kind == MARK_REAP && !last->reap));
    return goes_on ? last : life_new(j, mark);
}

static void collect_lives(struct join *j)
{
    VEC_EACH (struct mark, mark, &j->marks) {
        struct life *life = open_life(j, mark);
        if (mark->kind == MARK_ROW) {
            life->proc.row = mark->index;
            life->proc.start = mark->ticks;
        } else if (mark->kind == MARK_SPAWN) {
            life->spawn = fact_at(j, mark->index);
        } else {
            life->reap = fact_at(j, mark->index);
        }
    }
}

static void sum_children(struct join *j)
{
    j->children = arena_alloc(j->arena, j->facts->processes.count * sizeof *j->children);
    VEC_EACH (struct fact, fact, &j->facts->events) {
        if (fact->kind != FACT_REAP || !is_end(fact->n[1]))
            continue;
        struct children *c = &j->children[fact->process];
        c->user_us += fact->n[2];
        c->system_us += fact->n[3];
        c->maxrss_kb = c->maxrss_kb > fact->n[4] ? c->maxrss_kb : fact->n[4];
    }
}

static void set_end(struct proc *proc, const struct process *row, const struct fact *reap)
{
    if (row && row->exit_seen) {
        proc->end_known = END_OWN;
        proc->exit_status = (int)(row->exit_status & 0xff);
        proc->end_ticks = ticks_last(row->exit_ticks, row->last_ticks);
    }
    if (!reap)
        return;
    int status = (int)reap->n[1];
    proc->end_known = END_REAPED;
    proc->reap_ticks = reap->ticks;
    proc->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    proc->core = WIFSIGNALED(status) && WCOREDUMP(status);
    proc->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (!proc->end_ticks || proc->signal)
        proc->end_ticks = reap->ticks;
}

/* wait4 counts what the child's own reaped children used: taken off, since they have rows themselves. */
static void set_cpu(struct proc *proc, const struct process *row, const struct fact *reap,
                    const struct children *children)
{
    const struct sample *last = row && row->samples.count ? VEC_LAST(&row->samples, struct sample) : NULL;
    uint64_t children_user = children ? children->user_us : 0,
             children_system = children ? children->system_us : 0;
    proc->cpu_known = reap || last;
    if (last) {
        proc->user_us = last->user_us;
        proc->system_us = last->system_us;
    }
    if (reap && reap->n[2] >= children_user)
        proc->user_us = ticks_last(proc->user_us, reap->n[2] - children_user);
    if (reap && reap->n[3] >= children_system)
        proc->system_us = ticks_last(proc->system_us, reap->n[3] - children_system);
}

/* Of the samples from the last image on. */
struct memory {
    uint64_t at_start; /* rusage's value when the image began; UINT64_MAX: not known */
    uint64_t told;     /* its latest value */
    uint64_t largest;  /* resident at any sample */
    uint64_t peak;     /* VmHWM: this image's own; 0: not known */
};

static struct memory memory_of(const struct process *row)
{
    struct memory m = {.at_start = UINT64_MAX};
    if (!row)
        return m;
    VEC_EACH (struct sample, s, &row->samples) {
        if (s->at_start || s == (const struct sample *)row->samples.items)
            m = (struct memory){.at_start = s->maxrss_kb};
        m.told = ticks_last(m.told, s->maxrss_kb);
        m.largest = ticks_last(m.largest, s->rss_kb);
        m.peak = s->peak_kb ? s->peak_kb : m.peak;
    }
    return m;
}

/* rusage's peak never falls below what the parent had at exec, nor below that of reaped children: it is the
 * process's own only when it rose above both. */
static uint64_t max_rss_kb(const struct process *row, const struct fact *reap,
                           const struct children *children)
{
    struct memory m = memory_of(row);
    uint64_t own = m.peak ? m.peak : m.largest;
    uint64_t told = reap ? reap->n[4] : m.told > m.at_start ? m.told : 0;
    bool rose =
        m.at_start != UINT64_MAX && told > m.at_start && (!reap || !children || told > children->maxrss_kb);
    return rose || !own ? told : own;
}

static void add_image(struct join *j, struct proc *proc, const struct fact *fact, uint8_t how,
                      uint64_t argv_bytes)
{
    uint32_t number = proc->images.count ? VEC_LAST(&proc->images, struct image)->number + 1 : 0;
    *VEC_PUSH(j->arena, &proc->images, struct image) = (struct image){
        .ticks = fact->ticks,
        .number = number,
        .how = how,
        .exe = fact->a,
        .cwd = STR(""),
        .argv = fact->b,
        .argv_bytes = argv_bytes,
    };
}

/* What the process said it began, or what its parent began it with. */
static void set_images(struct join *j, struct life *life)
{
    const struct process *row = life->proc.row == NONE ? NULL : facts_process_at(j->facts, life->proc.row);
    if (row)
        life->proc.images = vec_copy(j->arena, &row->images, sizeof(struct image));
    if (life->spawn && !life->proc.images.count && life->spawn->b.len)
        add_image(j, &life->proc, life->spawn, (uint8_t)life->spawn->n[0], life->spawn->n[3]);
}

static void finish_life(struct join *j, struct life *life)
{
    struct proc *proc = &life->proc;
    const struct process *row = proc->row == NONE ? NULL : facts_process_at(j->facts, proc->row);
    const struct children *children = row ? &j->children[proc->row] : NULL;
    set_images(j, life);
    set_end(proc, row, life->reap);
    set_cpu(proc, row, life->reap, children);
    proc->max_rss_kb = max_rss_kb(row, life->reap, children);
    if (row)
        proc->io = row->io;
    proc->begin_ticks = row ? row->start : life->spawn ? life->spawn->ticks - life->spawn->took : 0;
}

static int life_order(const void *one, const void *other)
{
    const struct proc *a = &((const struct life *)one)->proc, *b = &((const struct life *)other)->proc;
    if (a->host != b->host)
        return a->host < b->host ? -1 : 1;
    if (a->begin_ticks != b->begin_ticks)
        return a->begin_ticks < b->begin_ticks ? -1 : 1;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->reap_ticks > b->reap_ticks) - (a->reap_ticks < b->reap_ticks);
}

/* The parent that the process names, if it is recorded; NONE otherwise. */
static uint32_t named_parent(const struct join *j, const struct process *row)
{
    uint32_t index =
        row->parent_start ? facts_find_process(j->facts, row->host, row->ppid, row->parent_start) : NONE;
    return index == NONE ? NONE : j->out.of_row[index];
}

static void set_parent(struct join *j, const struct life *life, struct proc *proc)
{
    const struct process *row = proc->row == NONE ? NULL : facts_process_at(j->facts, proc->row);
    const struct fact *by = life->spawn ? life->spawn : life->reap;
    proc->ppid = row ? row->ppid : 0;
    proc->parent = row ? named_parent(j, row) : NONE;
    if (proc->parent == NONE && by)
        proc->parent = j->out.of_row[by->process];
    if (proc->parent != NONE && (!proc->ppid || life->spawn))
        proc->ppid = VEC_AT(&j->out.list, struct proc, proc->parent)->pid;
}

/* The image that a process was in at that time, or NULL. */
static const struct image *image_at(const struct proc *proc, uint64_t ticks)
{
    const struct image *found = NULL;
    VEC_EACH (struct image, image, &proc->images)
        if (!found || image->ticks <= ticks)
            found = image;
    return found;
}

/* A process that only forked has its parent's program and words. Parents come before children. */
static void inherit_image(struct join *j, struct proc *proc)
{
    struct image *first = proc->images.items;
    bool says_nothing = !proc->images.count || (!first->exe.len && !first->argv.len);
    if (!says_nothing || proc->parent == NONE)
        return;
    const struct image *from = image_at(VEC_AT(&j->out.list, struct proc, proc->parent), proc->begin_ticks);
    if (!from)
        return;
    if (!proc->images.count) {
        first = VEC_PUSH(j->arena, &proc->images, struct image);
        *first = (struct image){.ticks = proc->begin_ticks, .how = VL_START_FORK};
    }
    first->exe = from->exe;
    first->cwd = from->cwd;
    first->argv = from->argv;
    first->argv_bytes = from->argv_bytes;
}

static void list_lives(struct join *j)
{
    uint32_t rows = (uint32_t)j->facts->processes.count;
    VEC_SORT(&j->lives, struct life, life_order);
    j->out.of_row = arena_alloc(j->arena, rows * sizeof *j->out.of_row);
    VEC_EACH (struct life, life, &j->lives) {
        if (life->proc.row != NONE)
            j->out.of_row[life->proc.row] = (uint32_t)j->out.list.count;
        *VEC_PUSH(j->arena, &j->out.list, struct proc) = life->proc;
    }
    for (uint32_t i = 0; i < j->lives.count; i++)
        set_parent(j, VEC_AT(&j->lives, struct life, i), VEC_AT(&j->out.list, struct proc, i));
}

static bool kill_fits(const struct fact *fact, const struct proc *proc)
{
    bool meant = proc->signal && (int)fact->n[1] == proc->signal && (int64_t)fact->n[2] == 0;
    uint64_t began = fact->ticks - fact->took;
    return meant && fact->ticks >= proc->begin_ticks && began <= proc->reap_ticks;
}

static uint64_t pid_hash(uint32_t host, uint64_t pid) { return map_mix(host, pid); }

/* A successful kill with the signal that ended the process, the last one in its life; a group's leader
 * stands for its group. */
static void apply_kill(struct join *j, const struct fact *fact)
{
    int64_t target = (int64_t)fact->n[0];
    uint64_t pid = target < 0 ? 0 - (uint64_t)target : (uint64_t)target;
    uint32_t host = facts_process_at(j->facts, fact->process)->host;
    MAP_EACH (i, &j->by_pid, pid_hash(host, pid)) {
        struct proc *proc = VEC_AT(&j->out.list, struct proc, i);
        if (proc->host != host || proc->pid != pid || !kill_fits(fact, proc))
            continue;
        proc->killed_by = j->out.of_row[fact->process];
        proc->killed_ticks = fact->ticks;
    }
}

/* The last image is one that nobody has heard of since its exec. */
static bool exec_pending(const struct proc *proc)
{
    const struct image *last = proc_last_image(proc);
    return last && last->how == VL_START_EXEC && !last->seen_inside;
}

/* An exec begins an image not seen from inside, unless it failed or the new program spoke later. */
static void apply_exec(struct join *j, const struct fact *fact)
{
    struct proc *proc = VEC_AT(&j->out.list, struct proc, j->out.of_row[fact->process]);
    if (exec_pending(proc))
        proc->images.count--;
    const struct image *last = proc_last_image(proc);
    if (fact->kind == FACT_EXEC && (!last || last->ticks <= fact->ticks))
        add_image(j, proc, fact, VL_START_EXEC, fact->n[0]);
}

static void apply_facts(struct join *j)
{
    for (uint32_t i = 0; i < j->out.list.count; i++) {
        const struct proc *proc = VEC_AT(&j->out.list, struct proc, i);
        map_add(j->arena, &j->by_pid, pid_hash(proc->host, proc->pid), i);
    }
    VEC_EACH (struct fact, fact, &j->facts->events) {
        if (fact->kind == FACT_KILL)
            apply_kill(j, fact);
        else if (fact->kind == FACT_EXEC || fact->kind == FACT_EXEC_FAIL)
            apply_exec(j, fact);
    }
}

const struct image *proc_last_image(const struct proc *proc)
{
    return proc->images.count ? VEC_LAST(&proc->images, struct image) : NULL;
}

struct processes processes_join(struct arena *arena, const struct facts *facts)
{
    struct join j = {.arena = arena_new(), .facts = facts};
    struct arena *scratch = j.arena;
    collect_marks(&j);
    collect_lives(&j);
    sum_children(&j);
    j.arena = arena;
    VEC_EACH (struct life, life, &j.lives)
        finish_life(&j, life);
    list_lives(&j);
    apply_facts(&j);
    VEC_EACH (struct proc, proc, &j.out.list) {
        proc->instrumented = proc->row != NONE && !exec_pending(proc);
        inherit_image(&j, proc);
    }
    arena_free(scratch);
    return j.out;
}
