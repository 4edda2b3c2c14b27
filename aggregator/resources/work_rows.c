/* A row for each kind of work, and how much of it went side by side. */
#include "resources/resource_usage.h"

#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

static struct str stage_of(const struct video_context *t, const struct signal *signal)
{
    if (signal->stage.len)
        return signal->stage;
    VEC_EACH (const struct attempt, attempt, &t->story->attempts)
        VEC_EACH (const uint32_t, node, &attempt->nodes)
            if (*node == signal->node)
                return attempt->stage;
    return stage_intervals_stage_at(t, signal->node, signal->at_ns);
}

static struct row *row_of(struct video_context *t, struct resource_usage *usage, struct str stage,
                          struct str name, bool by_span)
{
    VEC_EACH (struct row, row, &usage->rows)
        if (str_equal(row->stage, stage) && str_equal(row->name, name) && row->by_span == by_span)
            return row;
    struct row *row = VEC_PUSH(t->arena, &usage->rows, struct row);
    *row = (struct row){.name = name, .stage = stage, .peak_kb = -1, .success = 1, .by_span = by_span};
    return row;
}

static void add_to_row(struct video_context *t, const struct signal *signal, struct row *row)
{
    const struct node *node = tree_node(t->tree, signal->node);
    int64_t end = signal->end_ns == NO_TIME ? node->last_ns : signal->end_ns;
    struct resource_usage usage = resource_usage_none();
    struct vec top = {&(uint32_t){signal->node}, 1, 1};
    if (signal->span == NONE)
        resource_usage_add_processes(t, &top, &usage);
    else
        resource_usage_add_share(t, signal->node, signal->at_ns, end, &usage);
    row->count++;
    row->total_ns += end - signal->at_ns;
    int64_t took = end - signal->at_ns, peak_kb = usage.memory_peak_kb;
    row->max_ns = took > row->max_ns ? took : row->max_ns;
    row->peak_kb = peak_kb > row->peak_kb ? peak_kb : row->peak_kb;
    if (signal->span == NONE ? node->ended && node->exit_status != 0 : signal->success == 0)
        row->success = 0;
}

static int by_stage_and_name(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = str_compare(left->stage, right->stage);
    if (!order)
        order = str_compare(left->name, right->name);
    return order ? order : left->by_span - right->by_span;
}

static bool is_named_work(const struct video_context *t, const struct signal *signal)
{
    bool work = signal->kind == SIGNAL_OPERATION || signal->kind == SIGNAL_WORK ||
                signal->kind == SIGNAL_FIX || signal->kind == SIGNAL_ATTEMPT;
    return work && video_context_concerns(t, signal) && signal->name.len &&
           (signal->from_process || signal->span != NONE);
}

/* A call that only led to a process, or to another call, that is a row: one piece of work is one row. */
static bool is_told_within(const struct video_context *t, const struct signal *call)
{
    VEC_EACH (const struct signal, inner, t->signals) {
        bool same = (inner->kind == SIGNAL_OPERATION) == (call->kind == SIGNAL_OPERATION) &&
                    inner->kind != SIGNAL_WORK;
        if (inner != call && same && is_named_work(t, inner) && activity_within(t, call, inner))
            return true;
    }
    return false;
}

static bool makes_row(const struct video_context *t, const struct signal *signal)
{
    return is_named_work(t, signal) && (signal->span == NONE || !is_told_within(t, signal));
}

void work_rows_add(struct video_context *t, const struct str *stage, struct resource_usage *usage)
{
    VEC_EACH (const struct signal, signal, t->signals) {
        if (!makes_row(t, signal))
            continue;
        struct str own = stage_of(t, signal);
        if (!stage || str_equal(*stage, own))
            add_to_row(t, signal, row_of(t, usage, own, signal->name, signal->span != NONE));
    }
    VEC_SORT(&usage->rows, struct row, by_stage_and_name);
}

/* One operation of a stage. */
struct task {
    int64_t start_ns, end_ns;
    uint32_t worker; /* thread that started it */
};

static struct vec tasks_of(const struct video_context *t, struct str stage)
{
    struct vec tasks = {0};
    VEC_EACH (const struct signal, signal, t->signals) {
        if (!video_context_concerns(t, signal) || signal->kind != SIGNAL_OPERATION ||
            !str_equal(signal->stage, stage) || (signal->span != NONE && is_told_within(t, signal)))
            continue;
        int64_t end = signal->end_ns == NO_TIME ? tree_node(t->tree, signal->node)->last_ns : signal->end_ns;
        *VEC_PUSH(t->arena, &tasks, struct task) = (struct task){signal->at_ns, end, signal->tid};
    }
    return tasks;
}

static uint32_t at_once(const struct vec *tasks, int64_t at_ns)
{
    uint32_t count = 0;
    VEC_EACH (const struct task, task, tasks)
        count += task->start_ns <= at_ns && at_ns < task->end_ns;
    return count;
}

static void count_worker(const struct video_context *t, struct vec *threads, struct vec *counts,
                         uint32_t thread)
{
    for (size_t i = 0; i < threads->count; i++)
        if (*VEC_AT(threads, uint32_t, i) == thread) {
            ++*VEC_AT(counts, uint32_t, i);
            return;
        }
    *VEC_PUSH(t->arena, threads, uint32_t) = thread;
    *VEC_PUSH(t->arena, counts, uint32_t) = 1;
}

void work_rows_add_parallel(const struct video_context *t, struct str stage, struct resource_usage *usage)
{
    struct vec tasks = tasks_of(t, stage), threads = {0};
    struct parallel *parallel = &usage->parallel;
    int64_t first = INT64_MAX, last = INT64_MIN;
    VEC_EACH (const struct task, task, &tasks) {
        uint32_t now = at_once(&tasks, task->start_ns);
        parallel->workers_max = now > parallel->workers_max ? now : parallel->workers_max;
        parallel->busy_ns += task->end_ns - task->start_ns;
        first = task->start_ns < first ? task->start_ns : first;
        last = task->end_ns > last ? task->end_ns : last;
        count_worker(t, &threads, &parallel->workers, task->worker);
    }
    parallel->tasks = (uint32_t)tasks.count;
    parallel->span_ns = tasks.count ? last - first : 0;
}
