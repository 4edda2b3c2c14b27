/* What all kinds of failures are put together with. */
#include "failures/failure.h"

#include "failures/traceback.h"

#define ECHO_TEXT_MIN 8 /* shorter texts say too little to be told from chance */

struct failure *failure_add(struct video_context *t, int64_t at_ns, struct str stage, struct str scene)
{
    struct failure *failure = VEC_PUSH(t->arena, &t->story->failures, struct failure);
    *failure = (struct failure){.stage = stage,
                                .scene = scene,
                                .at_ns = at_ns,
                                .echo_of = NONE,
                                .node = NONE,
                                .fixable = -1,
                                .auto_recoverable = -1};
    return failure;
}

uint32_t failure_last(const struct video_context *t) { return (uint32_t)t->story->failures.count - 1; }

static bool repeats(struct str text, struct str known)
{
    known = str_trim(known);
    if (known.len < ECHO_TEXT_MIN || text.len < ECHO_TEXT_MIN)
        return false;
    return str_find(text, known) >= 0 || str_find(known, text) >= 0;
}

bool failure_says(const struct failure *failure, struct str text)
{
    VEC_EACH (const struct str, line, &failure->chain)
        if (repeats(text, *line))
            return true;
    VEC_EACH (const struct str, line, &failure->others)
        if (repeats(text, *line))
            return true;
    return false;
}

struct vec failure_lines_of_text(struct arena *arena, struct str text)
{
    struct vec lines = {0};
    struct str part;
    text = str_trim(text);
    while (text.len && str_next(&text, '\n', &part))
        *VEC_PUSH(arena, &lines, struct line) = (struct line){.stream = 2, .text = part};
    return lines;
}

void failure_set_exception(struct video_context *t, const struct raise *raise, struct failure *failure)
{
    struct vec lines = failure_lines_of_text(t->arena, raise->text);
    struct vec traces = traceback_find(t->arena, lines.items, lines.count);
    const struct traceback *last = traces.count ? VEC_LAST(&traces, struct traceback) : NULL;
    failure->raise = raise;
    failure->chain = (struct vec){0};
    if (last)
        failure->chain = last->chain;
    else
        *VEC_PUSH(t->arena, &failure->chain, struct str) = raise->line;
    failure->trace = raise->text;
    failure->fallback = raise->line;
    failure->count = raise->count;
}

void failure_borrow_traceback(struct video_context *t, const struct signal *signal, struct failure *failure)
{
    VEC_EACH (const struct raise, raise, &t->tree->raises)
        if (raise->node == signal->node && raise->tid == signal->tid && raise->at_ns <= failure->at_ns &&
            raise->video == t->video && raise->text.len && failure_says(failure, raise->line))
            failure->trace = raise->text;
}

uint32_t failure_of_text(struct video_context *t, int64_t at_ns, struct str stage, struct str scene,
                         struct str text)
{
    struct failure *failure = failure_add(t, at_ns, stage, scene);
    *VEC_PUSH(t->arena, &failure->others, struct str) = text;
    failure->fallback = text;
    return failure_last(t);
}
