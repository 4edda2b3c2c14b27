/* The arithmetic of rusage: a wait tells of a child and of all that the child reaped. */
#include "processes/exit.h"

#include "vl/event.h"

#include <sys/wait.h>

/* What other threads record while a fatal signal is on its way. */
#define LAST_EVENTS_TICKS (1u << 28)

static void set_own_end(struct process *proc, const struct end_facts *known)
{
    const struct recorded_process *row = known->row;
    if (row && row->exit_seen) {
        proc->end_known = END_OWN;
        proc->exit_status = (int)(row->exit_status & 0xff);
        proc->end_ticks = ticks_last(row->exit_ticks, row->last_ticks);
    } else if (row && known->crash) {
        proc->end_known = END_OWN;
        proc->signal = (int)known->crash->crash.signal;
        proc->end_ticks = ticks_last(known->crash->ticks, row->last_ticks);
    } else if (row && known->kill && row->last_ticks <= known->kill->ticks + LAST_EVENTS_TICKS) {
        proc->end_known = END_OWN;
        proc->signal = (int)known->kill->process_kill.signal;
        proc->end_ticks = ticks_last(known->kill->ticks, row->last_ticks);
    }
}

static void set_end(struct process *proc, const struct end_facts *known)
{
    const struct fact *reap = known->reap;
    set_own_end(proc, known);
    if (!reap)
        return;
    int status = (int)reap->process_reap.wait_status;
    proc->end_known = END_REAPED;
    proc->reap_ticks = reap->ticks;
    proc->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    proc->core = WIFSIGNALED(status) && WCOREDUMP(status);
    proc->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (!proc->end_ticks || proc->signal)
        proc->end_ticks = reap->ticks;
}

/* wait4 counts what the child's own reaped children used: taken off, since they have rows themselves. */
static void set_cpu(struct process *proc, const struct recorded_process *row, const struct fact *reap,
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
    const struct event_process_reap *told = reap ? &reap->process_reap : NULL;
    if (told && told->user_us >= children_user)
        proc->user_us = ticks_last(proc->user_us, told->user_us - children_user);
    if (told && told->system_us >= children_system)
        proc->system_us = ticks_last(proc->system_us, told->system_us - children_system);
}

/* Whether a process never became another program: a fork begins with a peak of its own. */
static bool only_forked(const struct recorded_process *row)
{
    VEC_EACH (const struct image, image, &row->images)
        if (image->how == VL_START_EXEC)
            return false;
    return row->images.count > 0;
}

/* Of the samples from the last image on. */
struct memory {
    uint64_t at_start; /* rusage's value when the image began; UINT64_MAX: not known */
    uint64_t told;     /* its latest value */
    uint64_t largest;  /* resident at any sample */
    uint64_t peak;     /* VmHWM: this image's own; 0: not known */
};

static struct memory memory_of(const struct recorded_process *row)
{
    struct memory m = {.at_start = UINT64_MAX};
    if (!row)
        return m;
    bool forked = only_forked(row);
    if (forked)
        m.at_start = 0;
    VEC_EACH (struct sample, s, &row->samples) {
        if (!forked && (s->at_start || s == (const struct sample *)row->samples.items))
            m = (struct memory){.at_start = s->maxrss_kb};
        m.told = ticks_last(m.told, s->maxrss_kb);
        m.largest = ticks_last(m.largest, s->rss_kb);
        m.peak = s->peak_kb ? s->peak_kb : m.peak;
    }
    return m;
}

/* rusage's peak never falls below what the parent had at exec, nor below that of reaped children: it is the
 * process's own only when it rose above both. */
static uint64_t peak_seen_inside(const struct process *proc, const struct recorded_process *row,
                                 const struct fact *reap, const struct children *children)
{
    struct memory m = memory_of(row);
    if (m.at_start == UINT64_MAX && proc->spawn)
        m.at_start = proc->spawn->process_spawn.peak_kb;
    uint64_t own = m.peak ? m.peak : m.largest;
    uint64_t told = reap && reap->process_reap.maxrss_kb ? reap->process_reap.maxrss_kb : m.told;
    bool rose =
        m.at_start != UINT64_MAX && told > m.at_start && (!reap || !children || told > children->maxrss_kb);
    return rose ? told : own;
}

/* What the kernel carried over to an image that nobody saw from inside: the last word of the one before, or
 * what the parent had. UINT64_MAX: not known. */
static uint64_t inherited_kb(const struct process *proc, const struct recorded_process *row)
{
    if (row && row->samples.count)
        return VEC_LAST(&row->samples, struct sample)->maxrss_kb;
    return proc->spawn ? proc->spawn->process_spawn.peak_kb : UINT64_MAX;
}

void exit_set_peak(struct process *proc, const struct recorded_process *row, const struct fact *reap,
                   const struct children *children)
{
    uint64_t told = reap ? reap->process_reap.maxrss_kb : 0;
    if (proc->instrumented)
        proc->max_rss_kb = peak_seen_inside(proc, row, reap, children);
    else
        proc->max_rss_kb = told > inherited_kb(proc, row) ? told : 0;
}

void exit_set(struct process *proc, const struct end_facts *known)
{
    set_end(proc, known);
    set_cpu(proc, known->row, known->reap, known->children);
}

static bool is_program(const struct node *node, struct str name)
{
    return node->commands.count && str_equal(VEC_LAST(&node->commands, struct invocation)->program, name);
}

bool exit_is_timeout(const struct tree *tree, uint32_t index)
{
    const struct node *node = tree_node(tree, index);
    if (is_program(node, STR("timeout")) && node->exit_status == 124)
        return true;
    if (!node->signal || node->killed_by == NONE || node->killed_by == index ||
        !tree_below(tree, index, node->killed_by))
        return false;
    return node->signal == SIGKILL || is_program(tree_node(tree, node->killed_by), STR("timeout"));
}
