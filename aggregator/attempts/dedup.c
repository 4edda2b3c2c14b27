/* Which step lies within which call. */
#include "attempts/attempts.h"

#include "timeline/activity.h"

static bool same_or_open(struct str a, struct str b) { return !a.len || !b.len || str_equal(a, b); }

static bool same_sort(const struct step *a, const struct step *b)
{
    return (a->kind == STEP_OPERATION) == (b->kind == STEP_OPERATION);
}

static bool lies_within(const struct video_context *t, const struct step *call, const struct step *inner)
{
    bool lasts = inner->signal->from_process || inner->signal->span != NONE;
    return call != inner && call->signal->span != NONE && lasts && same_sort(call, inner) &&
           same_or_open(call->stage, inner->stage) && same_or_open(call->scene, inner->scene) &&
           activity_within(t, call->signal, inner->signal);
}

/* The innermost call that a step lies in; NULL. */
static struct step *cover_of(const struct video_context *t, struct vec *steps, const struct step *inner)
{
    struct step *found = NULL;
    VEC_EACH (struct step, step, steps)
        if (lies_within(t, step, inner) && (!found || step->start_ns >= found->start_ns))
            found = step;
    return found;
}

static void inherit(struct step *inner, const struct step *call)
{
    if (!inner->scene.len)
        inner->scene = call->scene;
    if (!inner->stage.len)
        inner->stage = call->stage;
    if (inner->number < 0)
        inner->number = call->number;
    if (call->method.len)
        inner->method = call->method;
    if (call->kind == STEP_FIX)
        inner->kind = STEP_FIX;
}

/* What the call came to speaks for its last step alone. */
static void pass_report(struct step *last, const struct step *call)
{
    if (!last->reported)
        last->reported = call->signal;
}

/* A step within calls takes over what they know, from the innermost out. */
static void take_over(struct video_context *t, struct vec *steps, struct step *inner, bool *covered)
{
    struct step *at = inner;
    for (struct step *call; (call = cover_of(t, steps, at)); at = call) {
        inherit(inner, call);
        covered[call - VEC_AT(steps, struct step, 0)] = true;
    }
}

/* The last step, itself no call around others, that lies within the call. */
static struct step *last_within(struct video_context *t, struct vec *steps, const struct step *call,
                                const bool *covered)
{
    struct step *found = NULL;
    for (size_t i = 0; i < steps->count; i++) {
        struct step *step = VEC_AT(steps, struct step, i);
        if (!covered[i] && lies_within(t, call, step))
            found = step;
    }
    return found;
}

/* Whether calls tell of the same attempts as the file that was written, or what the program said of itself.
 */
static bool told_better(const struct video_context *t, const struct vec *steps, const struct step *step)
{
    const struct signal *signal = step->signal;
    if (signal->from_process || signal->span != NONE)
        return false;
    VEC_EACH (const struct step, other, steps) {
        bool same = other->root == step->root && str_equal(other->stage, step->stage);
        bool stronger = signal->from_note ? !other->signal->from_note
                                          : other->signal->span != NONE && other->kind != STEP_OPERATION;
        if (other != step && same && stronger)
            return true;
    }
    (void)t;
    return false;
}

static struct vec kept(struct video_context *t, const struct vec *steps, const bool *covered)
{
    struct vec rest = {0};
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = VEC_AT(steps, struct step, i);
        if (!covered[i] && !told_better(t, steps, step))
            *VEC_PUSH(t->arena, &rest, struct step) = *step;
    }
    return rest;
}

void dedup_steps(struct video_context *t, struct vec *steps)
{
    bool *covered = arena_alloc(t->arena, steps->count + 1);
    VEC_EACH (struct step, step, steps)
        take_over(t, steps, step, covered);
    for (size_t i = steps->count; i-- > 0;) {
        struct step *call = VEC_AT(steps, struct step, i), *last = NULL;
        if (covered[i])
            last = last_within(t, steps, call, covered);
        if (last)
            pass_report(last, call);
    }
    *steps = kept(t, steps, covered);
}
