/* The failure of a call: its exception, or what it returned. */
#include "failures/failure.h"
#include "failures/failure_parts.h"

#include "failures/error_formats.h"
#include "failures/traceback.h"

#include "vl/event.h"

/* The exception by which a call ended; NULL: it returned, or none was recorded. */
static const struct raise *raise_of_call(const struct teller *t, const struct signal *signal)
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
static void take_text(struct teller *t, struct str text, struct mishap *mishap)
{
    struct vec lines = mishap_lines_of_text(t->arena, text);
    struct vec traces = trace_find(t->arena, lines.items, lines.count);
    if (!traces.count)
        traces = foreign_find(t->arena, lines.items, lines.count);
    if (traces.count && !mishap->chain.count) {
        const struct trace *last = VEC_LAST(&traces, struct trace);
        mishap->chain = last->chain;
        mishap->trace = last->text;
    }
    for (size_t i = lines.count; i-- > 0 && mishap->others.count < OTHERS_MAX;) {
        struct str line = str_trim(VEC_AT(&lines, struct line, i)->text);
        if (!line.len)
            continue;
        *VEC_PUSH(t->arena, &mishap->others, struct str) = line;
        if (!mishap->fallback.len)
            mishap->fallback = line;
    }
}

/* A program that says that a check or a stage failed says it after what failed: as long may lie between. */
#define LATE_NS 60000000000

static bool may_mean(const struct signal *signal, const struct mishap *mishap)
{
    bool looks_back =
        signal->from_note && signal->kind != SIGNAL_ATTEMPT && !str_equal(mishap->rule, signal->rule);
    int64_t from = signal->at_ns - (looks_back ? LATE_NS : 0);
    return mishap->at_ns >= from && (signal->end_ns == NO_TIME || mishap->at_ns <= signal->end_ns);
}

/* A failure within the call that says the same; NONE. */
static uint32_t passed_on(const struct teller *t, const struct signal *signal, struct str stage,
                          struct str scene, struct str line)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < t->story->mishaps.count; i++) {
        const struct mishap *mishap = VEC_AT(&t->story->mishaps, struct mishap, i);
        if (may_mean(signal, mishap) && str_equal(mishap->stage, stage) &&
            (!scene.len || !mishap->scene.len || str_equal(scene, mishap->scene)) &&
            mishap_says(mishap, line))
            found = i;
    }
    return found;
}

static struct str name_of_call(const struct teller *t, const struct signal *signal)
{
    return signal->span == NONE ? signal->rule : VEC_AT(&t->tree->spans, struct span, signal->span)->function;
}

uint32_t mishap_of_call(struct teller *t, const struct signal *signal, struct str stage, struct str scene)
{
    const struct raise *raise = raise_of_call(t, signal);
    struct str text = raise ? raise->line : signal->message;
    struct vec lines = mishap_lines_of_text(t->arena, text);
    struct str last = lines.count ? VEC_LAST(&lines, struct line)->text : STR("");
    uint32_t known = passed_on(t, signal, stage, scene, last);
    if (known != NONE)
        return known;
    struct mishap *mishap =
        mishap_add(t, signal->end_ns == NO_TIME ? signal->at_ns : signal->end_ns, stage, scene);
    mishap->node = signal->node;
    mishap->rule = signal->rule;
    mishap->said_category = signal->category;
    if (raise)
        mishap_take_raise(t, raise, mishap);
    take_text(t, signal->message, mishap);
    VEC_EACH (const struct str, error, &signal->errors)
        take_text(t, *error, mishap);
    if (!mishap->trace.len)
        mishap_borrow_trace(t, signal, mishap);
    if (!mishap->fallback.len)
        mishap->fallback = str_format(t->arena, STR_FMT " failed", STR_ARG(name_of_call(t, signal)));
    mishap->evidence.failed_without_text = true;
    return mishap_last(t);
}
