/* See attempts.h. */
#include "attempts/attempts.h"

#include "failures/failure.h"
#include "processes/crashes.h"
#include "timeline/activity.h"
#include "timeline/stage_intervals.h"

#include "vl/event.h"

#include <signal.h>

static const struct stage_interval *last_interval(const struct video_context *t, struct str stage)
{
    const struct stage_interval *found = NULL;
    VEC_EACH (const struct stage_interval, interval, &t->intervals)
        if (str_equal(interval->stage, stage) && (!found || interval->start_ns >= found->start_ns))
            found = interval;
    return found;
}

/* The stage was the last thing its process did, and that ended badly. */
static enum outcome outcome_of_owner(const struct video_context *t, const struct stage_interval *interval,
                                     enum outcome otherwise)
{
    uint32_t index = interval->owner == NONE ? interval->root : interval->owner;
    const struct node *owner = tree_node(t->tree, index);
    bool last = interval->exact || stage_intervals_at(t, interval->root, INT64_MAX) == interval;
    if (interval->exact && !interval->closed)
        return owner->ended || !owner->alive ? OUTCOME_INTERRUPTED : OUTCOME_RUNNING;
    if (!last || interval->success >= 0 || interval->exact)
        return otherwise;
    if (!owner->ended)
        return owner->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    return owner->signal && !crashes_of_node(t->tree, index) ? OUTCOME_INTERRUPTED : otherwise;
}

/* The error that ended the process while it was in the stage; NONE: it did not end so. */
static uint32_t crash_of(const struct video_context *t, const struct stage_interval *interval)
{
    uint32_t index = interval->owner == NONE ? interval->root : interval->owner, found = NONE;
    const struct node *owner = tree_node(t->tree, index);
    bool badly = owner->exit_status > 0 || crashes_of_node(t->tree, index);
    if (!owner->ended || !badly || interval->exact ||
        stage_intervals_at(t, interval->root, INT64_MAX) != interval)
        return NONE;
    for (uint32_t i = 0; i < t->story->failures.count; i++) {
        const struct failure *failure = VEC_AT(&t->story->failures, struct failure, i);
        if (failure->trace.len && !failure->scene.len && str_equal(failure->stage, interval->stage) &&
            failure->at_ns >= interval->start_ns)
            found = i;
    }
    return found;
}

/* The process that is the stage, working on this video alone, if it said with its status that it failed; else
 * NULL. */
static const struct signal *failed_process(const struct video_context *t,
                                           const struct stage_interval *interval)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_STAGE && signal->from_process && signal->node == interval->owner &&
            signal->success == 0 && !activity_of_others(t, interval->root, INT64_MIN, INT64_MAX))
            return signal;
    return NULL;
}

/* Nothing in the stage explains it, but its process ended badly. */
static void fail_by_status(struct video_context *t, struct stage *stage,
                           const struct stage_interval *interval)
{
    const struct signal *signal = failed_process(t, interval);
    if (!signal || stage->outcome != OUTCOME_SUCCESS || interval->success >= 0)
        return;
    stage->outcome = OUTCOME_FAILED;
    stage->failure = failure_of_process(t, signal, stage->name, STR(""));
}

/* Nothing in the stage explains it, but what its function returned or raised does. An error that the program
 * itself named as that of the stage counts before what its attempts failed of. */
static void fail_by_report(struct video_context *t, struct stage *stage,
                           const struct stage_interval *interval)
{
    const struct signal *reported = interval->reported;
    bool failed = stage->outcome == OUTCOME_FAILED || stage->outcome == OUTCOME_TIMEOUT;
    bool open = stage->failure == NONE || (reported && reported->from_note && reported->message.len);
    if (failed && open && reported && reported->success == 0 &&
        (reported->message.len || reported->ended == VL_SPAN_RAISE))
        stage->failure = failure_of_call(t, reported, stage->name, STR(""));
}

/* A failure that the pipeline told of in the stage, when no attempt explains its end. */
static uint32_t reported_failure(const struct video_context *t, const struct stage *stage)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < t->story->failures.count; i++)
        if (!VEC_AT(&t->story->failures, struct failure, i)->passed &&
            str_equal(VEC_AT(&t->story->failures, struct failure, i)->stage, stage->name))
            found = i;
    return found;
}

/* A check that failed is the stage's failure, unless its function says otherwise. */
static bool any_scene_failed(const struct stage *stage, bool reported_well)
{
    VEC_EACH (const struct scene, scene, &stage->scenes)
        if (scene->outcome == OUTCOME_FAILED && !(scene->by_check && reported_well))
            return true;
    return false;
}

static enum outcome outcome_of_work(const struct stage *stage, const struct tally *tally, bool reported_well)
{
    if (tally->failed || any_scene_failed(stage, reported_well))
        return OUTCOME_FAILED;
    if (tally->timeout)
        return OUTCOME_TIMEOUT;
    return tally->interrupted ? OUTCOME_INTERRUPTED : OUTCOME_SUCCESS;
}

static void decide(struct video_context *t, struct stage *stage, const struct tally *tally)
{
    const struct stage_interval *interval = last_interval(t, stage->name);
    stage->outcome = outcome_of_work(stage, tally, interval && interval->exact && interval->success == 1);
    stage->failure = tally->failure;
    if (tally->running)
        stage->outcome = OUTCOME_RUNNING;
    if (!interval || tally->running)
        return;
    if (interval->skipped && !tally->any)
        stage->outcome = OUTCOME_SKIPPED;
    else if (stage->outcome == OUTCOME_SUCCESS && interval->success == 0)
        stage->outcome =
            interval->reported && interval->reported->timed_out ? OUTCOME_TIMEOUT : OUTCOME_FAILED;
    stage->outcome = outcome_of_owner(t, interval, stage->outcome);
    uint32_t crash = crash_of(t, interval);
    if (crash != NONE && stage->outcome == OUTCOME_SUCCESS) {
        stage->outcome = OUTCOME_FAILED;
        stage->failure = crash;
    }
    fail_by_status(t, stage, interval);
    fail_by_report(t, stage, interval);
    if (stage->outcome == OUTCOME_FAILED && stage->failure == NONE)
        stage->failure = reported_failure(t, stage);
}

static void forget_failure(struct stage *stage)
{
    if (stage->outcome == OUTCOME_SUCCESS || stage->outcome == OUTCOME_SKIPPED ||
        stage->outcome == OUTCOME_RUNNING)
        stage->failure = NONE;
}

void stage_outcome_decide(struct video_context *t, struct stage *stage, const struct tally *tally)
{
    decide(t, stage, tally);
    forget_failure(stage);
}
