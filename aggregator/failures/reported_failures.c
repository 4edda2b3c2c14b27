/* What the pipeline's own processes told of failures, where no attempt has it. */
#include "failures/failure.h"

#include "failures/traceback.h"
#include "processes/lines.h"
#include "timeline/stage_intervals.h"

#include "vl/event.h"

/* Whether a failure of the same stage already said this. */
static bool is_reported(const struct video_context *t, struct str stage, struct str scene, struct str text)
{
    VEC_EACH (const struct failure, failure, &t->story->failures) {
        bool other_scene = scene.len && failure->scene.len && !str_equal(scene, failure->scene);
        if (str_equal(failure->stage, stage) && !other_scene && failure_says(failure, text))
            return true;
    }
    return false;
}

/* The failed attempt that a line may be about: of its scene, or the last one that its printer saw end. */
static uint32_t subject_of(const struct video_context *t, const struct signal *signal, struct str stage)
{
    uint32_t found = NONE;
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        if (attempt->failure == NONE || !str_equal(attempt->stage, stage))
            continue;
        bool by_scene = signal->scene.len && str_equal(attempt->scene, signal->scene);
        bool before = attempt->end_ns != NO_TIME && attempt->end_ns <= signal->at_ns;
        if (before && (by_scene || !signal->scene.len))
            found = attempt->failure;
    }
    return found;
}

static int64_t told_at(const struct video_context *t, size_t index, struct str stage)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    const struct stage_interval *interval = stage_intervals_of(t, video_context_root(t, signal->node), stage);
    return signal->untimely && interval && interval->end_ns < signal->at_ns ? interval->end_ns
                                                                            : signal->at_ns;
}

static void add_fault(struct video_context *t, size_t index)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    struct str stage = stage_intervals_stage_of(t, signal);
    if (!signal->message.len || is_reported(t, stage, signal->scene, signal->message))
        return;
    uint32_t subject = subject_of(t, signal, stage);
    uint32_t fresh = failure_of_text(t, told_at(t, index, stage), stage, signal->scene, signal->message);
    struct failure *failure = VEC_AT(&t->story->failures, struct failure, fresh);
    failure->echo_of = subject;
    failure->node = signal->node;
    failure->rule = signal->rule;
    failure_borrow_traceback(t, signal, failure);
}

/* The first failure that says the same and that neither kind of telling is used up for: an exception that
 * the interpreter told of and the traceback in its output are one, but each of them twice are two. */
static struct failure *untold(struct video_context *t, struct str stage, struct str text, bool by_interpreter)
{
    VEC_EACH (struct failure, failure, &t->story->failures)
        if (!(by_interpreter ? failure->raise != NULL : failure->traced) &&
            str_equal(failure->stage, stage) && failure_says(failure, text))
            return failure;
    return NULL;
}

/* What ended a program, or went to a log with its traceback. What it handled is no failure by itself. */
static void add_raise(struct video_context *t, const struct raise *raise)
{
    if ((raise->how != VL_RAISE_UNCAUGHT && raise->how != VL_RAISE_LOGGED) || raise->video != t->video ||
        t->worker[raise->node])
        return;
    struct str stage = stage_intervals_stage_at(t, raise->node, raise->at_ns);
    VEC_EACH (const struct failure, known, &t->story->failures)
        if (known->raise == raise)
            return;
    struct failure *failure = untold(t, stage, raise->line, true);
    if (failure) {
        failure->raise = raise;
        if (!failure->trace.len)
            failure->trace = raise->text;
        return;
    }
    failure = failure_add(t, raise->at_ns, stage, STR(""));
    failure->node = raise->node;
    failure_set_exception(t, raise, failure);
}

static void add_trace(struct video_context *t, uint32_t node, const struct traceback *trace)
{
    struct str stage = stage_intervals_stage_at(t, node, trace->at_ns);
    struct failure *known = untold(t, stage, traceback_message(trace), false);
    if (known) {
        known->traced = true;
        return;
    }
    struct failure *failure = failure_add(t, trace->at_ns, stage, STR(""));
    failure->node = node;
    failure->traced = true;
    failure->chain = trace->chain;
    failure->trace = trace->text;
    failure->fallback = traceback_message(trace);
}

static void add_traces(struct video_context *t, uint32_t node)
{
    struct line_run run = lines_of(t->tree, node);
    if (!run.count || t->worker[node])
        return;
    struct vec traces = traceback_find(t->arena, run.first, run.count);
    VEC_EACH (const struct traceback, trace, &traces)
        if (trace->video == t->video)
            add_trace(t, node, trace);
}

void reported_failures_find(struct video_context *t)
{
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        add_raise(t, raise);
    for (uint32_t n = 0; n < t->tree->nodes.count; n++) {
        add_traces(t, n);
        failure_of_crash(t, n);
    }
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (signal->kind == SIGNAL_FAULT && video_context_concerns(t, signal) && !t->worker[signal->node])
            add_fault(t, i);
    }
}
