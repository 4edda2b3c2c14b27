/* What the pipeline's own processes told of failures, where no try has it. */
#include "failures/failure.h"
#include "failures/failure_parts.h"

#include "failures/traceback.h"
#include "processes/lines.h"
#include "timeline/stage_intervals.h"

#include "vl/event.h"

/* Whether a failure of the same stage already said this. */
static bool is_said(const struct teller *t, struct str stage, struct str scene, struct str text)
{
    VEC_EACH (const struct mishap, mishap, &t->story->mishaps) {
        bool other_scene = scene.len && mishap->scene.len && !str_equal(scene, mishap->scene);
        if (str_equal(mishap->stage, stage) && !other_scene && mishap_says(mishap, text))
            return true;
    }
    return false;
}

/* The failed try that a line may be about: of its scene, or the last one that its printer saw end. */
static uint32_t subject_of(const struct teller *t, const struct signal *signal, struct str stage)
{
    uint32_t found = NONE;
    VEC_EACH (const struct try, one, &t->story->tries) {
        if (one->mishap == NONE || !str_equal(one->stage, stage))
            continue;
        bool by_scene = signal->scene.len && str_equal(one->scene, signal->scene);
        bool before = one->end_ns != NO_TIME && one->end_ns <= signal->at_ns;
        if (before && (by_scene || !signal->scene.len))
            found = one->mishap;
    }
    return found;
}

static int64_t told_at(const struct teller *t, size_t index, struct str stage)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    const struct window *window = window_of(t, teller_root(t, signal->node), stage);
    return signal->untimely && window && window->end_ns < signal->at_ns ? window->end_ns : signal->at_ns;
}

static void add_fault(struct teller *t, size_t index)
{
    const struct signal *signal = VEC_AT(t->signals, struct signal, index);
    struct str stage = window_stage_of(t, signal);
    if (!signal->message.len || is_said(t, stage, signal->scene, signal->message))
        return;
    uint32_t subject = subject_of(t, signal, stage);
    uint32_t fresh = mishap_of_text(t, told_at(t, index, stage), stage, signal->scene, signal->message);
    struct mishap *mishap = VEC_AT(&t->story->mishaps, struct mishap, fresh);
    mishap->echo_of = subject;
    mishap->node = signal->node;
    mishap->rule = signal->rule;
    mishap_borrow_trace(t, signal, mishap);
}

/* The first failure that says the same and that neither kind of telling is used up for: an exception that
 * the interpreter told of and the traceback in its output are one, but each of them twice are two. */
static struct mishap *untold(struct teller *t, struct str stage, struct str text, bool by_interpreter)
{
    VEC_EACH (struct mishap, mishap, &t->story->mishaps)
        if (!(by_interpreter ? mishap->raise != NULL : mishap->traced) && str_equal(mishap->stage, stage) &&
            mishap_says(mishap, text))
            return mishap;
    return NULL;
}

/* What ended a program, or went to a log with its traceback. What it handled is no failure by itself. */
static void add_raise(struct teller *t, const struct raise *raise)
{
    if ((raise->how != VL_RAISE_UNCAUGHT && raise->how != VL_RAISE_LOGGED) || raise->film != t->film ||
        t->worker[raise->node])
        return;
    struct str stage = window_stage_at(t, raise->node, raise->at_ns);
    VEC_EACH (const struct mishap, known, &t->story->mishaps)
        if (known->raise == raise)
            return;
    struct mishap *mishap = untold(t, stage, raise->line, true);
    if (mishap) {
        mishap->raise = raise;
        if (!mishap->trace.len)
            mishap->trace = raise->text;
        return;
    }
    mishap = mishap_add(t, raise->at_ns, stage, STR(""));
    mishap->node = raise->node;
    mishap_take_raise(t, raise, mishap);
}

static void add_trace(struct teller *t, uint32_t node, const struct trace *trace)
{
    struct str stage = window_stage_at(t, node, trace->at_ns);
    struct mishap *known = untold(t, stage, trace_message(trace), false);
    if (known) {
        known->traced = true;
        return;
    }
    struct mishap *mishap = mishap_add(t, trace->at_ns, stage, STR(""));
    mishap->node = node;
    mishap->traced = true;
    mishap->chain = trace->chain;
    mishap->trace = trace->text;
    mishap->fallback = trace_message(trace);
}

static void add_traces(struct teller *t, uint32_t node)
{
    struct line_run run = lines_of(t->tree, node);
    if (!run.count || t->worker[node])
        return;
    struct vec traces = trace_find(t->arena, run.first, run.count);
    VEC_EACH (const struct trace, trace, &traces)
        if (trace->film == t->film)
            add_trace(t, node, trace);
}

void mishap_find_told(struct teller *t)
{
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        add_raise(t, raise);
    for (uint32_t n = 0; n < t->tree->nodes.count; n++) {
        add_traces(t, n);
        mishap_of_crash(t, n);
    }
    for (size_t i = 0; i < t->signals->count; i++) {
        const struct signal *signal = VEC_AT(t->signals, struct signal, i);
        if (signal->kind == SIGNAL_FAULT && teller_concerns(t, signal) && !t->worker[signal->node])
            add_fault(t, i);
    }
}
