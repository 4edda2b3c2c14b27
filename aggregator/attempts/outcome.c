/* See attempts.h. */
#include "attempts/attempts.h"

#include "failures/failure.h"
#include "processes/exit.h"

#include "vl/event.h"

#include <signal.h>

#define CHECK_OF_OUTPUT "output_validation"

static const struct signal *output_of(const struct video_context *t, const struct step *step,
                                      int64_t until_ns)
{
    const struct signal *own = step->signal;
    VEC_EACH (const struct signal, signal, t->signals) {
        if (signal->kind != SIGNAL_OUTPUT || !video_context_concerns(t, signal) ||
            !str_equal(signal->rule, own->expects))
            continue;
        bool named = (own->scene.len && str_equal(signal->scene, own->scene)) ||
                     (own->output.len && str_equal(signal->output, own->output));
        if (named && signal->at_ns >= step->start_ns && signal->at_ns < until_ns)
            return signal;
    }
    return NULL;
}

/* When the same thing was tried again; INT64_MAX: never. */
static int64_t next_start(const struct vec *steps, const struct step *step)
{
    VEC_EACH (const struct step, other, steps)
        if (other->kind == step->kind && other->start_ns > step->start_ns &&
            str_equal(other->stage, step->stage) && str_equal(other->scene, step->scene))
            return other->start_ns;
    return INT64_MAX;
}

enum outcome outcome_of_process(const struct video_context *t, uint32_t index)
{
    const struct node *node = tree_node(t->tree, index);
    if (!node->ended)
        return node->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    if (exit_is_timeout(t->tree, index))
        return OUTCOME_TIMEOUT;
    if (node->signal == SIGTERM || node->signal == SIGINT)
        return OUTCOME_INTERRUPTED;
    return node->exit_status == 0 ? OUTCOME_SUCCESS : OUTCOME_FAILED;
}

/* How a call, or an attempt that the program told of, ended. */
static enum outcome outcome_of_call(const struct video_context *t, const struct signal *signal)
{
    const struct node *node = tree_node(t->tree, signal->node);
    if (signal->ended < 0)
        return node->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    if (signal->ended == VL_SPAN_CANCEL)
        return OUTCOME_INTERRUPTED;
    if (signal->ended == VL_SPAN_RETURN && signal->success != 0)
        return OUTCOME_SUCCESS;
    return signal->timed_out ? OUTCOME_TIMEOUT : OUTCOME_FAILED;
}

/* Ended well, but what it should have made did not come. */
static enum outcome miss_output(struct video_context *t, const struct step *step, uint32_t *failure)
{
    const struct node *node = tree_node(t->tree, step->signal->node);
    const struct node *starter = node->parent == NONE ? node : tree_node(t->tree, node->parent);
    if (!starter->ended)
        return starter->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED; /* it had no chance to take it */
    *failure = failure_of_text(t, step->end_ns, step->stage, step->scene, step->signal->missing);
    validations_add(t, step->end_ns, STR(CHECK_OF_OUTPUT), step->scene, 0)->failure = *failure;
    return OUTCOME_FAILED;
}

/* A process that ended well inside a call that says it failed. */
static enum outcome hear_call(struct video_context *t, const struct step *step, enum outcome outcome,
                              struct attempt *attempt)
{
    const struct signal *reported = step->reported;
    if (!reported)
        return outcome;
    if (attempt->exit_status < 0)
        attempt->exit_status = reported->exit_status;
    attempt->reported |= reported->success >= 0 && reported->ended >= 0;
    attempt->result = reported->result;
    if (outcome == OUTCOME_SUCCESS && reported->ended >= 0)
        outcome = outcome_of_call(t, reported);
    if (outcome != OUTCOME_SUCCESS && outcome != OUTCOME_RUNNING && attempt->failure == NONE &&
        reported->ended >= 0)
        attempt->failure = failure_of_call(t, reported, step->stage, step->scene);
    return outcome;
}

/* How an operation ended; *failure and the output are set as far as there are any. */
static enum outcome outcome_of(struct video_context *t, const struct vec *steps, const struct step *step,
                               struct attempt *attempt)
{
    attempt->failure = NONE;
    attempt->result = step->signal->from_process ? STR("") : step->signal->result;
    if (!step->signal->from_process)
        return hear_call(t, step, outcome_of_call(t, step->signal), attempt);
    enum outcome outcome = outcome_of_process(t, step->signal->node);
    if (outcome == OUTCOME_SUCCESS && step->kind == STEP_OPERATION && step->signal->expects.len) {
        const struct signal *output = output_of(t, step, next_start(steps, step));
        attempt->output = output ? output->path : STR("");
        if (!output && !(step->reported && step->reported->success == 1))
            return miss_output(t, step, &attempt->failure);
    }
    bool ended = tree_node(t->tree, step->signal->node)->ended;
    if (ended && (outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_INTERRUPTED))
        attempt->failure = failure_of_process(t, step->signal, step->stage, step->scene);
    return hear_call(t, step, outcome, attempt);
}

void outcome_decide(struct video_context *t, const struct vec *steps, const struct step *step,
                    struct attempt *attempt)
{
    attempt->exit_status =
        step->signal->from_process ? tree_node(t->tree, step->signal->node)->exit_status : -1;
    attempt->outcome = outcome_of(t, steps, step, attempt);
    if (step->signal->from_process)
        *VEC_PUSH(t->arena, &attempt->nodes, uint32_t) = step->signal->node;
}
