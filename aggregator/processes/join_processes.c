/* From lifetimes to processes, and what only the whole list can tell: parents, killers, failed execs. */
#include "processes/join_processes.h"

#include "processes/exit.h"
#include "processes/lifetime.h"

#include "vl/event.h"

static uint64_t pid_hash(uint32_t host, uint64_t pid) { return map_mix(host, pid); }

struct join {
    struct arena *arena;
    const struct facts *facts;
    struct vec lifetimes;      /* of struct lifetime */
    struct children *children; /* by row */
    const struct fact **crash; /* by row: its last fatal signal that it did not handle; NULL: none */
    const struct fact **kill;  /* by row: the last signal by which it meant to end itself; NULL: none */
    struct map by_pid;         /* of out.list */
    struct processes out;
};

static void sum_children(struct join *j)
{
    j->children = arena_alloc(j->arena, j->facts->processes.count * sizeof *j->children);
    VEC_EACH (struct fact, fact, &j->facts->events) {
        if (fact->kind != FACT_REAP || !lifetime_is_end(fact->process_reap.wait_status))
            continue;
        struct children *c = &j->children[fact->process];
        c->user_us += fact->process_reap.user_us;
        c->system_us += fact->process_reap.system_us;
        c->maxrss_kb = ticks_last(c->maxrss_kb, fact->process_reap.maxrss_kb);
    }
}

static void find_last_signals(struct join *j)
{
    j->crash = arena_alloc(j->arena, j->facts->processes.count * sizeof *j->crash);
    j->kill = arena_alloc(j->arena, j->facts->processes.count * sizeof *j->kill);
    VEC_EACH (const struct fact, fact, &j->facts->events) {
        if (fact->kind == FACT_CRASH && !fact->crash.handled)
            j->crash[fact->process] = fact;
        else if (fact->kind == FACT_KILL && fact->process_kill.fatal)
            j->kill[fact->process] = fact;
    }
}

static void add_image(struct join *j, struct process *proc, struct image image)
{
    image.number = proc->images.count ? VEC_LAST(&proc->images, struct image)->number + 1 : 0;
    image.cwd = STR("");
    *VEC_PUSH(j->arena, &proc->images, struct image) = image;
}

static struct image spawned_image(const struct fact *fact)
{
    const struct event_process_spawn *e = &fact->process_spawn;
    return (struct image){.ticks = fact->ticks,
                          .how = (uint8_t)e->how,
                          .exe = e->path,
                          .argv = e->argv,
                          .argv_bytes = e->argv_bytes};
}

static struct image executed_image(const struct fact *fact)
{
    const struct event_process_exec *e = &fact->process_exec;
    return (struct image){.ticks = fact->ticks,
                          .how = VL_START_EXEC,
                          .exe = e->path,
                          .argv = e->argv,
                          .argv_bytes = e->argv_bytes};
}

/* What the process said it began, or what its parent began it with. */
static void set_images(struct join *j, struct lifetime *lifetime)
{
    const struct recorded_process *row =
        lifetime->proc.row == NONE ? NULL : facts_process_at(j->facts, lifetime->proc.row);
    if (row)
        lifetime->proc.images = vec_copy(j->arena, &row->images, sizeof(struct image));
    if (lifetime->spawn && !lifetime->proc.images.count && lifetime->spawn->process_spawn.argv.len)
        add_image(j, &lifetime->proc, spawned_image(lifetime->spawn));
}

static void finish_lifetime(struct join *j, struct lifetime *lifetime)
{
    struct process *proc = &lifetime->proc;
    const struct recorded_process *row = proc->row == NONE ? NULL : facts_process_at(j->facts, proc->row);
    struct end_facts known = {.row = row, .reap = lifetime->reap};
    if (row) {
        known.children = &j->children[proc->row];
        known.crash = j->crash[proc->row];
        known.kill = j->kill[proc->row];
    }
    set_images(j, lifetime);
    exit_set(proc, &known);
    if (row) {
        proc->io = row->io;
        proc->kernel_io = row->kernel_io;
    }
    proc->own_pid = row ? row->pid : proc->pid;
    proc->space = NONE;
    proc->spawn = lifetime->spawn;
    proc->begin_ticks = row               ? row->start
                        : lifetime->spawn ? lifetime->spawn->ticks - lifetime->spawn->took
                                          : 0;
}

static int lifetime_order(const void *one, const void *other)
{
    const struct process *a = &((const struct lifetime *)one)->proc,
                         *b = &((const struct lifetime *)other)->proc;
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
static uint32_t named_parent(const struct join *j, const struct recorded_process *row)
{
    uint32_t index =
        row->parent_start ? facts_find_process(j->facts, row->host, row->ppid, row->parent_start) : NONE;
    return index == NONE ? NONE : j->out.of_row[index];
}

static void set_parent(struct join *j, const struct lifetime *lifetime, struct process *proc)
{
    const struct recorded_process *row = proc->row == NONE ? NULL : facts_process_at(j->facts, proc->row);
    const struct fact *by = lifetime->spawn ? lifetime->spawn : lifetime->reap;
    proc->ppid = row ? row->ppid : 0;
    proc->parent = row ? named_parent(j, row) : NONE;
    if (proc->parent == NONE && by)
        proc->parent = j->out.of_row[by->process];
    if (proc->parent != NONE)
        proc->ppid = VEC_AT(&j->out.list, struct process, proc->parent)->pid;
}

static bool began_space(const struct process *proc) { return proc->own_pid != proc->pid; }

/* The recorded process of that pid that lived at that time: the parent of one that was begun from outside.
 * The first of a PID namespace is nobody's parent by its number there: everyone has one of that number. */
static uint32_t lived_then(const struct join *j, uint32_t host, uint32_t pid, uint64_t ticks)
{
    uint32_t found = NONE;
    MAP_EACH (i, &j->by_pid, pid_hash(host, pid)) {
        const struct process *proc = VEC_AT(&j->out.list, struct process, i);
        bool there = proc->begin_ticks <= ticks && (!proc->reap_ticks || ticks <= proc->reap_ticks);
        bool meant = proc->host == host && proc->own_pid == pid && !began_space(proc);
        if (meant && there && (found == NONE || i > found))
            found = i;
    }
    return found;
}

static void find_parents(struct join *j)
{
    for (uint32_t i = 0; i < j->out.list.count; i++) {
        struct process *proc = VEC_AT(&j->out.list, struct process, i);
        if (proc->parent == NONE && proc->ppid) {
            uint32_t parent = lived_then(j, proc->host, proc->ppid, proc->begin_ticks);
            proc->parent = parent == i ? NONE : parent;
        }
    }
}

/* The image that a process was in at that time, or NULL. */
static const struct image *image_at(const struct process *proc, uint64_t ticks)
{
    const struct image *found = NULL;
    VEC_EACH (struct image, image, &proc->images)
        if (!found || image->ticks <= ticks)
            found = image;
    return found;
}

/* A process that only forked has its parent's program and words. Parents come before children. */
static void inherit_image(struct join *j, struct process *proc)
{
    struct image *first = proc->images.items;
    bool says_nothing = !proc->images.count || (!first->exe.len && !first->argv.len);
    if (!says_nothing || proc->parent == NONE)
        return;
    const struct image *from =
        image_at(VEC_AT(&j->out.list, struct process, proc->parent), proc->begin_ticks);
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

static void list_lifetimes(struct join *j)
{
    uint32_t rows = (uint32_t)j->facts->processes.count;
    VEC_SORT(&j->lifetimes, struct lifetime, lifetime_order);
    j->out.of_row = arena_alloc(j->arena, rows * sizeof *j->out.of_row);
    VEC_EACH (struct lifetime, lifetime, &j->lifetimes) {
        if (lifetime->proc.row != NONE)
            j->out.of_row[lifetime->proc.row] = (uint32_t)j->out.list.count;
        *VEC_PUSH(j->arena, &j->out.list, struct process) = lifetime->proc;
    }
    for (uint32_t i = 0; i < j->lifetimes.count; i++)
        set_parent(j, VEC_AT(&j->lifetimes, struct lifetime, i), VEC_AT(&j->out.list, struct process, i));
}

/* Which PID namespace each is in. Parents need not come first. */
static void find_spaces(struct join *j)
{
    for (uint32_t i = 0; i < j->out.list.count; i++) {
        uint32_t at = i, steps = 0;
        while (at != NONE && !began_space(VEC_AT(&j->out.list, struct process, at)))
            at = steps++ < j->out.list.count ? VEC_AT(&j->out.list, struct process, at)->parent : NONE;
        VEC_AT(&j->out.list, struct process, i)->space = at;
    }
}

/* Whether a process of that PID namespace knows this one by that pid. */
static bool is_known_as(const struct join *j, const struct process *proc, uint32_t space, uint64_t pid)
{
    if (proc->own_pid == pid && proc->space == space)
        return true;
    uint32_t outside =
        proc->parent == NONE ? NONE : VEC_AT(&j->out.list, struct process, proc->parent)->space;
    return began_space(proc) && proc->pid == pid && outside == space;
}

static bool kill_fits(const struct fact *fact, const struct process *proc)
{
    bool meant =
        proc->signal && (int)fact->process_kill.signal == proc->signal && fact->process_kill.error == 0;
    uint64_t began = fact->ticks - fact->took;
    return meant && fact->ticks >= proc->begin_ticks &&
           began <= ticks_last(proc->reap_ticks, proc->end_ticks);
}

/* A successful kill with the signal that ended the process, the last one in its life; a group's leader
 * stands for its group. */
static void apply_kill(struct join *j, const struct fact *fact)
{
    int64_t target = fact->process_kill.target;
    uint64_t pid = target < 0 ? 0 - (uint64_t)target : (uint64_t)target;
    uint32_t host = facts_process_at(j->facts, fact->process)->host, killer = j->out.of_row[fact->process];
    uint32_t space = VEC_AT(&j->out.list, struct process, killer)->space;
    MAP_EACH (i, &j->by_pid, pid_hash(host, pid)) {
        struct process *proc = VEC_AT(&j->out.list, struct process, i);
        if (proc->host != host || !is_known_as(j, proc, space, pid) || !kill_fits(fact, proc))
            continue;
        proc->killed_by = killer;
        proc->killed_ticks = fact->ticks;
    }
}

/* The last image is one that nobody has heard of since its exec. */
static bool exec_pending(const struct process *proc)
{
    const struct image *last = process_last_image(proc);
    return last && last->how == VL_START_EXEC && !last->seen_inside;
}

/* An exec begins an image not seen from inside, unless it failed or the new program spoke later. */
static void apply_exec(struct join *j, const struct fact *fact)
{
    struct process *proc = VEC_AT(&j->out.list, struct process, j->out.of_row[fact->process]);
    if (exec_pending(proc))
        proc->images.count--;
    const struct image *last = process_last_image(proc);
    if (fact->kind == FACT_EXEC && (!last || last->ticks <= fact->ticks))
        add_image(j, proc, executed_image(fact));
}

static void index_pids(struct join *j)
{
    for (uint32_t i = 0; i < j->out.list.count; i++) {
        const struct process *proc = VEC_AT(&j->out.list, struct process, i);
        map_add(j->arena, &j->by_pid, pid_hash(proc->host, proc->pid), i);
        if (began_space(proc))
            map_add(j->arena, &j->by_pid, pid_hash(proc->host, proc->own_pid), i);
    }
}

static void apply_facts(struct join *j)
{
    VEC_EACH (struct fact, fact, &j->facts->events) {
        if (fact->kind == FACT_KILL)
            apply_kill(j, fact);
        else if (fact->kind == FACT_EXEC || fact->kind == FACT_EXEC_FAIL)
            apply_exec(j, fact);
    }
}

/* A wait also tells the largest of a child's own children: of a process that did not say it itself the figure
 * is its own only if none of theirs is as large. */
static void set_peaks(struct join *j)
{
    for (uint32_t i = 0; i < j->lifetimes.count; i++) {
        const struct lifetime *lifetime = VEC_AT(&j->lifetimes, struct lifetime, i);
        struct process *proc = VEC_AT(&j->out.list, struct process, i);
        const struct recorded_process *row = proc->row == NONE ? NULL : facts_process_at(j->facts, proc->row);
        exit_set_peak(proc, row, lifetime->reap, row ? &j->children[proc->row] : NULL);
    }
    VEC_EACH (const struct process, child, &j->out.list) {
        struct process *parent =
            child->parent == NONE ? NULL : VEC_AT(&j->out.list, struct process, child->parent);
        if (parent && !parent->instrumented &&
            (!child->max_rss_kb || child->max_rss_kb >= parent->max_rss_kb))
            parent->max_rss_kb = 0;
    }
}

struct processes join_processes(struct arena *arena, const struct facts *facts)
{
    struct join j = {.arena = arena_new(), .facts = facts};
    struct arena *scratch = j.arena;
    j.lifetimes = lifetimes_collect(scratch, facts);
    sum_children(&j);
    find_last_signals(&j);
    j.arena = arena;
    VEC_EACH (struct lifetime, lifetime, &j.lifetimes)
        finish_lifetime(&j, lifetime);
    list_lifetimes(&j);
    index_pids(&j);
    find_parents(&j);
    find_spaces(&j);
    apply_facts(&j);
    VEC_EACH (struct process, proc, &j.out.list) {
        proc->instrumented = proc->row != NONE && !exec_pending(proc);
        inherit_image(&j, proc);
    }
    set_peaks(&j);
    arena_free(scratch);
    return j.out;
}
