/* The failure of a call: its exception, or what it returned. */
#include "failures/failure.h"

#include "failures/error_formats.h"
#include "failures/traceback.h"

#include "vl/event.h"

/* The exception by which a call ended; NULL: it returned, or none was recorded. */
static const struct raise *raise_of_call(const struct video_context *t, const struct signal *signal)
{
    const struct raise *found = NULL;
    if (signal->span == NONE || signal->ended != VL_SPAN_RAISE)
        return NULL;
    const struct span *span = VEC_AT(&t->tree->spans, struct span, signal->span);
    VEC_EACH (const struct raise, raise, &t->tree->raises) {
        bool own = raise->node == span->node && raise->tid == span->tid && raise->at_ns >= span->start_ns;
        if (own && (raise->at_ns <= span->end_ns || (!found && raise->how == VL_RAISE_UNCAUGHT)))
            found = raise;
    }
    return found;
}

/* Text as a function returned it: often a whole output. */
static void take_text(struct video_context *t, struct str text, struct failure *failure)
{
    struct vec lines = failure_lines_of_text(t->arena, text);
    struct vec traces = traceback_find(t->arena, lines.items, lines.count);
    if (!traces.count)
        traces = error_formats_find(t->arena, lines.items, lines.count);
    if (traces.count && !failure->chain.count) {
        const struct traceback *last = VEC_LAST(&traces, struct traceback);
        failure->chain = last->chain;
        failure->trace = last->text;
    }
    for (size_t i = lines.count; i-- > 0 && failure->others.count < OTHERS_MAX;) {
        struct str line = str_trim(VEC_AT(&lines, struct line, i)->text);
        if (!line.len)
            continue;
        *VEC_PUSH(t->arena, &failure->others, struct str) = line;
        if (!failure->fallback.len)
            failure->fallback = line;
    }
}

/* A program that says that a check or a stage failed says it after what failed: as long may lie between. */
#define LATE_NS 60000000000

static bool may_mean(const struct signal *signal, const struct failure *failure)
{
    bool looks_back =
        signal->from_note && signal->kind != SIGNAL_ATTEMPT && !str_equal(failure->rule, signal->rule);
    int64_t from = signal->at_ns - (looks_back ? LATE_NS : 0);
    return failure->at_ns >= from && (signal->end_ns == NO_TIME || failure->at_ns <= signal->end_ns);
}

/* A failure within the call that says the same; NONE. */
static uint32_t passed_on(const struct video_context *t, const struct signal *signal, struct str stage,
                          struct str scene, struct str line)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < t->story->failures.count; i++) {
        const struct failure *failure = VEC_AT(&t->story->failures, struct failure, i);
        if (may_mean(signal, failure) && str_equal(failure->stage, stage) &&
            (!scene.len || !failure->scene.len || str_equal(scene, failure->scene)) &&
            failure_says(failure, line))
            found = i;
    }
    return found;
}

static struct str name_of_call(const struct video_context *t, const struct signal *signal)
{
    return signal->span == NONE ? signal->rule : VEC_AT(&t->tree->spans, struct span, signal->span)->function;
}

uint32_t failure_of_call(struct video_context *t, const struct signal *signal, struct str stage,
                         struct str scene)
{
    const struct raise *raise = raise_of_call(t, signal);
    struct str text = raise ? raise->line : signal->message;
    struct vec lines = failure_lines_of_text(t->arena, text);
    struct str last = lines.count ? VEC_LAST(&lines, struct line)->text : STR("");
    uint32_t known = passed_on(t, signal, stage, scene, last);
    if (known != NONE)
        return known;
    struct failure *failure =
        failure_add(t, signal->end_ns == NO_TIME ? signal->at_ns : signal->end_ns, stage, scene);
    failure->node = signal->node;
    failure->rule = signal->rule;
    failure->reported_category = signal->category;
    if (raise)
        failure_set_exception(t, raise, failure);
    take_text(t, signal->message, failure);
    VEC_EACH (const struct str, error, &signal->errors)
        take_text(t, *error, failure);
    if (!failure->trace.len)
        failure_borrow_traceback(t, signal, failure);
    if (!failure->fallback.len)
        failure->fallback = str_format(t->arena, STR_FMT " failed", STR_ARG(name_of_call(t, signal)));
    failure->evidence.failed_without_text = true;
    return failure_last(t);
}
