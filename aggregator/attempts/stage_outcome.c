/* See attempts/stage_outcome.h. */
#include "attempts/stage_outcome.h"

#include "failures/failure.h"
#include "processes/crashes.h"
#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

#include "vl/event.h"

#include <signal.h>

static const struct window *last_window(const struct teller *t, struct str stage)
{
    const struct window *found = NULL;
    VEC_EACH (const struct window, window, &t->windows)
        if (str_equal(window->stage, stage) && (!found || window->start_ns >= found->start_ns))
            found = window;
    return found;
}

/* The stage was the last thing its process did, and that ended badly. */
static enum outcome outcome_of_owner(const struct teller *t, const struct window *window,
                                     enum outcome otherwise)
{
    uint32_t index = window->owner == NONE ? window->root : window->owner;
    const struct node *owner = tree_node(t->tree, index);
    bool last = window->exact || window_at(t, window->root, INT64_MAX) == window;
    if (window->exact && !window->closed)
        return owner->ended || !owner->alive ? OUTCOME_INTERRUPTED : OUTCOME_RUNNING;
    if (!last || window->success >= 0 || window->exact)
        return otherwise;
    if (!owner->ended)
        return owner->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    return owner->signal && !crash_of_node(t->tree, index) ? OUTCOME_INTERRUPTED : otherwise;
}

/* The error that ended the process while it was in the stage; NONE: it did not end so. */
static uint32_t crash_of(const struct teller *t, const struct window *window)
{
    uint32_t index = window->owner == NONE ? window->root : window->owner, found = NONE;
    const struct node *owner = tree_node(t->tree, index);
    bool badly = owner->exit_status > 0 || crash_of_node(t->tree, index);
    if (!owner->ended || !badly || window->exact || window_at(t, window->root, INT64_MAX) != window)
        return NONE;
    for (uint32_t i = 0; i < t->story->mishaps.count; i++) {
        const struct mishap *mishap = VEC_AT(&t->story->mishaps, struct mishap, i);
        if (mishap->trace.len && !mishap->scene.len && str_equal(mishap->stage, window->stage) &&
            mishap->at_ns >= window->start_ns)
            found = i;
    }
    return found;
}

/* The process that is the stage, working on this video alone, if it said with its status that it failed; else
 * NULL. */
static const struct signal *failed_process(const struct teller *t, const struct window *window)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_STAGE && signal->from_process && signal->node == window->owner &&
            signal->success == 0 && !act_of_others(t, window->root, INT64_MIN, INT64_MAX))
            return signal;
    return NULL;
}

/* Nothing in the stage explains it, but its process ended badly. */
static void fail_by_status(struct teller *t, struct stage *stage, const struct window *window)
{
    const struct signal *signal = failed_process(t, window);
    if (!signal || stage->outcome != OUTCOME_SUCCESS || window->success >= 0)
        return;
    stage->outcome = OUTCOME_FAILED;
    stage->mishap = mishap_of_process(t, signal, stage->name, STR(""));
}

/* Nothing in the stage explains it, but what its function returned or raised does. An error that the program
 * itself named as that of the stage counts before what its tries failed of. */
static void fail_by_word(struct teller *t, struct stage *stage, const struct window *window)
{
    const struct signal *said = window->said;
    bool failed = stage->outcome == OUTCOME_FAILED || stage->outcome == OUTCOME_TIMEOUT;
    bool open = stage->mishap == NONE || (said && said->from_note && said->message.len);
    if (failed && open && said && said->success == 0 && (said->message.len || said->ended == VL_SPAN_RAISE))
        stage->mishap = mishap_of_call(t, said, stage->name, STR(""));
}

/* A failure that the pipeline told of in the stage, when no try explains its end. */
static uint32_t told_mishap(const struct teller *t, const struct stage *stage)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < t->story->mishaps.count; i++)
        if (!VEC_AT(&t->story->mishaps, struct mishap, i)->passed &&
            str_equal(VEC_AT(&t->story->mishaps, struct mishap, i)->stage, stage->name))
            found = i;
    return found;
}

/* A check that failed is the stage's failure, unless its function says otherwise. */
static bool any_scene_failed(const struct stage *stage, bool said_well)
{
    VEC_EACH (const struct scene, scene, &stage->scenes)
        if (scene->outcome == OUTCOME_FAILED && !(scene->by_check && said_well))
            return true;
    return false;
}

static enum outcome outcome_of_work(const struct stage *stage, const struct tally *tally, bool said_well)
{
    if (tally->failed || any_scene_failed(stage, said_well))
        return OUTCOME_FAILED;
    if (tally->timeout)
        return OUTCOME_TIMEOUT;
    return tally->interrupted ? OUTCOME_INTERRUPTED : OUTCOME_SUCCESS;
}

static void decide(struct teller *t, struct stage *stage, const struct tally *tally)
{
    const struct window *window = last_window(t, stage->name);
    stage->outcome = outcome_of_work(stage, tally, window && window->exact && window->success == 1);
    stage->mishap = tally->mishap;
    if (tally->running)
        stage->outcome = OUTCOME_RUNNING;
    if (!window || tally->running)
        return;
    if (window->skipped && !tally->any)
        stage->outcome = OUTCOME_SKIPPED;
    else if (stage->outcome == OUTCOME_SUCCESS && window->success == 0)
        stage->outcome = window->said && window->said->timed_out ? OUTCOME_TIMEOUT : OUTCOME_FAILED;
    stage->outcome = outcome_of_owner(t, window, stage->outcome);
    uint32_t crash = crash_of(t, window);
    if (crash != NONE && stage->outcome == OUTCOME_SUCCESS) {
        stage->outcome = OUTCOME_FAILED;
        stage->mishap = crash;
    }
    fail_by_status(t, stage, window);
    fail_by_word(t, stage, window);
    if (stage->outcome == OUTCOME_FAILED && stage->mishap == NONE)
        stage->mishap = told_mishap(t, stage);
}

static void forget_mishap(struct stage *stage)
{
    if (stage->outcome == OUTCOME_SUCCESS || stage->outcome == OUTCOME_SKIPPED ||
        stage->outcome == OUTCOME_RUNNING)
        stage->mishap = NONE;
}

void stage_judge(struct teller *t, struct stage *stage, const struct tally *tally)
{
    decide(t, stage, tally);
    forget_mishap(stage);
}
