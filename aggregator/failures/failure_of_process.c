/* The failure of a process: how it ended, what it and its helpers printed last, what the interpreter told. */
#include "failures/failure.h"

#include "failures/error_formats.h"
#include "failures/traceback.h"
#include "processes/crashes.h"
#include "processes/exit.h"
#include "processes/lines.h"
#include "timeline/stage_intervals.h"

#include "vl/event.h"

#define SHELL_SIGNAL 128 /* + signal: a shell's status when its child died of it */

static int latest_first(const void *a, const void *b)
{
    const struct line *left = *(const struct line *const *)a, *right = *(const struct line *const *)b;
    if (left->at_ns != right->at_ns)
        return left->at_ns > right->at_ns ? -1 : 1;
    if (left->node != right->node)
        return left->node < right->node ? -1 : 1;
    if (left->stream != right->stream)
        return left->stream > right->stream ? -1 : 1;
    return left->order > right->order ? -1 : left->order < right->order;
}

typedef const struct line *line_ref;

static void take_last(const struct vec *traces, struct traceback *trace)
{
    VEC_EACH (const struct traceback, one, traces)
        if (!trace->chain.count || one->at_ns >= trace->at_ns)
            *trace = *one;
}

/* The lines of a process and of what it started; its last traceback goes to *trace, or else what other
 * programs print of their failures. */
static struct vec gather(const struct video_context *t, uint32_t top, struct traceback *trace)
{
    struct vec lines = {0};
    struct traceback other_trace = {0};
    for (uint32_t n = top; n != NONE; n = tree_next(t->tree, n, top)) {
        struct line_run run = lines_of(t->tree, n);
        for (size_t i = 0; i < run.count; i++)
            if (str_trim(run.first[i].text).len)
                *VEC_PUSH(t->arena, &lines, line_ref) = &run.first[i];
        struct vec logged = rich_format_find(t->arena, run.first, run.count);
        VEC_EACH (line_ref, line, &logged)
            *VEC_PUSH(t->arena, &lines, line_ref) = *line;
        struct vec traces = traceback_find(t->arena, run.first, run.count);
        take_last(&traces, trace);
        struct vec others = error_formats_find(t->arena, run.first, run.count);
        if (others.count &&
            (!other_trace.chain.count || /* the first of one output: compilers go on after it */
             VEC_LAST(&others, struct traceback)->at_ns >= other_trace.at_ns))
            other_trace = *VEC_AT(&others, struct traceback, 0);
    }
    if (!trace->chain.count)
        *trace = other_trace;
    vec_sort(&lines, sizeof(line_ref), latest_first);
    return lines;
}

/* errno of the last connection that the process tried; 0 if that was fine. */
static int connect_error(const struct video_context *t, uint32_t node)
{
    int error = 0;
    VEC_EACH (const struct occurrence, occurrence, &t->tree->occurrences)
        if (occurrence->fact->kind == FACT_CONNECT && occurrence->node == node)
            error = (int)occurrence->fact->connection.error;
    return error;
}

/* A shell tells by its status that its child died of a signal: that child; else the process itself. */
static uint32_t victim_of(const struct video_context *t, uint32_t top)
{
    int status = tree_node(t->tree, top)->exit_status;
    uint32_t victim = top;
    for (uint32_t n = top; n != NONE && status > SHELL_SIGNAL; n = tree_next(t->tree, n, top))
        if (tree_node(t->tree, n)->signal == status - SHELL_SIGNAL)
            victim = n;
    return victim;
}

static void weigh(const struct video_context *t, const struct signal *signal, struct failure *failure)
{
    uint32_t victim = victim_of(t, signal->node);
    const struct node *node = tree_node(t->tree, victim);
    failure->evidence = (struct evidence){.killed_by_parent = exit_is_timeout(t->tree, victim),
                                          .killer_seen = node->killed_by != NONE,
                                          .failed_without_text = true,
                                          .signal = node->signal,
                                          .peak_kb = node->peak_kb};
    if (signal->kind == SIGNAL_FIX)
        failure->evidence.connect_error = connect_error(t, signal->node);
}

/* A crash is evidence where it is what the process ended of. */
static void weigh_crash(const struct video_context *t, uint32_t index, struct failure *failure)
{
    const struct node *node = tree_node(t->tree, index);
    const struct crash *crash = crashes_below(t->tree, index);
    if (!crash)
        return;
    if (crash->node == index || node->exit_status == SHELL_SIGNAL + crash->signal)
        failure->evidence.signal = crash->signal;
    struct str text = crashes_text(t->arena, crash);
    failure->trace = failure->trace.len ? str_format(t->arena, STR_FMT "\n\n" STR_FMT,
                                                     STR_ARG(failure->trace), STR_ARG(text))
                                        : text;
}

static struct str program_of(const struct node *node)
{
    return node->commands.count ? VEC_LAST(&node->commands, struct invocation)->program : STR("process");
}

static struct str describe_end(const struct video_context *t, const struct node *node,
                               const struct failure *failure)
{
    struct str program = program_of(node);
    double seconds = (double)(node->end_ns - node->start_ns) / 1e9;
    if (!node->ended)
        return str_format(t->arena, STR_FMT ": the recording ends before it did", STR_ARG(program));
    if (failure->evidence.killed_by_parent)
        return str_format(t->arena, STR_FMT " was killed by its parent after %.1f seconds", STR_ARG(program),
                          seconds);
    if (node->signal)
        return str_format(t->arena, STR_FMT " was ended by signal %d", STR_ARG(program), node->signal);
    if (failure->evidence.signal)
        return str_format(t->arena, STR_FMT " got signal %d and ended with exit status %d", STR_ARG(program),
                          failure->evidence.signal, node->exit_status);
    return str_format(t->arena, STR_FMT " ended with exit status %d", STR_ARG(program), node->exit_status);
}

static struct str type_of(struct str line)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    return colon ? str_slice(line, 0, (size_t)(colon - line.ptr)) : line;
}

/* What was printed of the same exception has the lines of code, a group's members, and messages that only the
 * program's own code can make. */
static bool printed_whole(const struct failure *failure, const struct raise *raise)
{
    return failure->traced &&
           str_equal(type_of(*VEC_LAST(&failure->chain, struct str)), type_of(raise->line));
}

/* The exception that ended a process or one below it; else its own word is better than its output. */
static void raised_below(struct video_context *t, uint32_t top, struct failure *failure)
{
    const struct raise *last = NULL;
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        if (raise->how == VL_RAISE_UNCAUGHT && tree_below(t->tree, raise->node, top))
            last = raise;
    if (last && printed_whole(failure, last)) {
        failure->raise = last;
        failure->count = last->count;
    } else if (last) {
        failure_set_exception(t, last, failure);
    }
}

uint32_t failure_of_process(struct video_context *t, const struct signal *signal, struct str stage,
                            struct str scene)
{
    const struct node *node = tree_node(t->tree, signal->node);
    struct failure *failure = failure_add(t, node->ended ? node->end_ns : node->last_ns, stage, scene);
    struct traceback trace = {0};
    struct vec lines = gather(t, signal->node, &trace);
    weigh(t, signal, failure);
    failure->node = signal->node;
    failure->rule = signal->rule;
    failure->chain = trace.chain;
    failure->trace = trace.text;
    failure->traced = trace.chain.count > 0;
    raised_below(t, signal->node, failure);
    weigh_crash(t, signal->node, failure);
    for (size_t i = 0; i < lines.count && i < OTHERS_MAX; i++)
        *VEC_PUSH(t->arena, &failure->others, struct str) = (*VEC_AT(&lines, line_ref, i))->text;
    failure->fallback = describe_end(t, node, failure);
    return failure_last(t);
}

void failure_of_crash(struct video_context *t, uint32_t index)
{
    const struct node *node = tree_node(t->tree, index);
    const struct crash *crash = crashes_of_node(t->tree, index);
    if (!crash || node->video != t->video || t->worker[index])
        return;
    struct failure *failure =
        failure_add(t, crash->at_ns, stage_intervals_stage_at(t, index, crash->at_ns), STR(""));
    failure->evidence = (struct evidence){.killer_seen = node->killed_by != NONE, .peak_kb = node->peak_kb};
    failure->node = index;
    weigh_crash(t, index, failure);
    failure->fallback = describe_end(t, node, failure);
}
