/* What all kinds of failures are put together with. */
#include "failures/failure.h"
#include "failures/failure_parts.h"

#include "failures/traceback.h"

#define ECHO_TEXT_MIN 8 /* shorter texts say too little to be told from chance */

struct mishap *mishap_add(struct teller *t, int64_t at_ns, struct str stage, struct str scene)
{
    struct mishap *mishap = VEC_PUSH(t->arena, &t->story->mishaps, struct mishap);
    *mishap = (struct mishap){.stage = stage,
                              .scene = scene,
                              .at_ns = at_ns,
                              .echo_of = NONE,
                              .node = NONE,
                              .fixable = -1,
                              .auto_recoverable = -1};
    return mishap;
}

uint32_t mishap_last(const struct teller *t) { return (uint32_t)t->story->mishaps.count - 1; }

static bool repeats(struct str text, struct str known)
{
    known = str_trim(known);
    if (known.len < ECHO_TEXT_MIN || text.len < ECHO_TEXT_MIN)
        return false;
    return str_find(text, known) >= 0 || str_find(known, text) >= 0;
}

bool mishap_says(const struct mishap *mishap, struct str text)
{
    VEC_EACH (const struct str, line, &mishap->chain)
        if (repeats(text, *line))
            return true;
    VEC_EACH (const struct str, line, &mishap->others)
        if (repeats(text, *line))
            return true;
    return false;
}

struct vec mishap_lines_of_text(struct arena *arena, struct str text)
{
    struct vec lines = {0};
    struct str part;
    text = str_trim(text);
    while (text.len && str_next(&text, '\n', &part))
        *VEC_PUSH(arena, &lines, struct line) = (struct line){.stream = 2, .text = part};
    return lines;
}

void mishap_take_raise(struct teller *t, const struct raise *raise, struct mishap *mishap)
{
    struct vec lines = mishap_lines_of_text(t->arena, raise->text);
    struct vec traces = trace_find(t->arena, lines.items, lines.count);
    const struct trace *last = traces.count ? VEC_LAST(&traces, struct trace) : NULL;
    mishap->raise = raise;
    mishap->chain = (struct vec){0};
    if (last)
        mishap->chain = last->chain;
    else
        *VEC_PUSH(t->arena, &mishap->chain, struct str) = raise->line;
    mishap->trace = raise->text;
    mishap->fallback = raise->line;
    mishap->count = raise->count;
}

void mishap_borrow_trace(struct teller *t, const struct signal *signal, struct mishap *mishap)
{
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        if (raise->node == signal->node && raise->tid == signal->tid && raise->at_ns <= mishap->at_ns &&
            raise->film == t->film && raise->text.len && mishap_says(mishap, raise->line))
            mishap->trace = raise->text;
}

uint32_t mishap_of_text(struct teller *t, int64_t at_ns, struct str stage, struct str scene, struct str text)
{
    struct mishap *mishap = mishap_add(t, at_ns, stage, scene);
    *VEC_PUSH(t->arena, &mishap->others, struct str) = text;
    mishap->fallback = text;
    return mishap_last(t);
}
