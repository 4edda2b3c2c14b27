/* Puts steps together to attempts: a call for help and the operation after it are one. */
#include "attempts/attempts.h"

#include "failures/failure.h"
#include "llm_calls/find_calls.h"
#include "timeline/stage_intervals.h"

static struct attempt *last_attempt(const struct video_context *t, const struct step *step)
{
    struct attempt *found = NULL;
    VEC_EACH (struct attempt, attempt, &t->story->attempts)
        if (str_equal(attempt->stage, step->stage) && str_equal(attempt->scene, step->scene))
            found = attempt;
    return found;
}

static struct attempt *add_attempt(struct video_context *t, const struct step *step)
{
    const struct attempt *before = last_attempt(t, step);
    uint32_t number = before ? before->number + 1 : 1;
    bool recovery = before && step->kind == STEP_OPERATION && before->root == step->root &&
                    (before->outcome == OUTCOME_FAILED || before->outcome == OUTCOME_TIMEOUT);
    struct attempt *attempt = VEC_PUSH(t->arena, &t->story->attempts, struct attempt);
    *attempt = (struct attempt){.stage = step->stage,
                                .scene = step->scene,
                                .method = step->method,
                                .number = number,
                                .start_ns = step->start_ns,
                                .end_ns = step->end_ns,
                                .last_ns = step->last_ns,
                                .failure = NONE,
                                .root = step->root,
                                .recovery = recovery,
                                .is_fix = step->kind == STEP_FIX,
                                .fix_number = step->number,
                                .exit_status = -1,
                                .rule = step->signal->rule,
                                .node = step->signal->node,
                                .timed = step->signal->span != NONE,
                                .peak_kb = -1,
                                .cpu_us = -1};
    if (step->signal->from_note)
        attempt->report = self_report_of(step->signal, true);
    uint64_t key =
        map_mix(map_mix(str_hash(t->story->video->name), str_hash(step->stage)), str_hash(step->scene));
    attempt->key = map_mix(map_mix(key, tree_node(t->tree, step->signal->node)->key), number);
    return attempt;
}

static void add_operation_checks(struct video_context *t, const struct step *step,
                                 const struct attempt *attempt)
{
    bool again = attempt->number > 1;
    struct str type = step->signal->check.len ? step->signal->check : again ? step->signal->recheck : STR("");
    if (!type.len || attempt->outcome == OUTCOME_RUNNING || attempt->outcome == OUTCOME_INTERRUPTED)
        return;
    struct check *check =
        validations_add(t, step->end_ns, type, step->scene, attempt->outcome == OUTCOME_SUCCESS);
    check->stage = step->stage;
    check->rule = step->signal->rule;
    check->node = step->signal->node;
    check->recovery = attempt->recovery;
    check->failure = attempt->failure;
    if (attempt->is_fix)
        *VEC_PUSH(t->arena, &check->fixes, struct str) = attempt->method;
}

static void take_operation(struct video_context *t, const struct vec *steps, const struct step *step)
{
    struct attempt *attempt = last_attempt(t, step);
    if (!attempt || !attempt->is_fix || attempt->has_operation || attempt->root != step->root)
        attempt = add_attempt(t, step);
    else
        attempt->help = attempt->result;
    attempt->has_operation = true;
    attempt->end_ns = step->end_ns;
    attempt->last_ns = step->last_ns;
    outcome_decide(t, steps, step, attempt);
    add_operation_checks(t, step, attempt);
}

static void add_call(struct video_context *t, const struct step *step, const struct attempt *attempt)
{
    const struct node *node = tree_node(t->tree, step->signal->node);
    enum outcome outcome = outcome_of_process(t, step->signal->node);
    struct call *call = VEC_PUSH(t->arena, &t->story->calls, struct call);
    *call = call_none();
    call->source = CALL_PROCESS;
    call->start_ns = step->start_ns;
    call->end_ns = step->end_ns;
    call->last_ns = step->last_ns;
    call->response_ns = step->last_ns - step->start_ns;
    call->model = step->signal->model;
    call->stage = step->stage;
    call->scene = step->scene;
    call->node = step->signal->node;
    call->pid = node->pid;
    call->stdin_bytes = node->stdin_bytes;
    call->stdout_bytes = node->stdout_bytes;
    call->video = t->video;
    call->failure = attempt->failure;
    call->key = node->key;
    call->attempt = attempt->key;
    call->rule = step->signal->rule;
    if (outcome != OUTCOME_RUNNING && outcome != OUTCOME_INTERRUPTED)
        call->success = outcome == OUTCOME_SUCCESS;
}

static void take_fix(struct video_context *t, const struct vec *steps, const struct step *step)
{
    struct attempt *attempt = add_attempt(t, step);
    outcome_decide(t, steps, step, attempt);
    if (step->signal->from_process)
        add_call(t, step, attempt);
}

/* A stage works inside the pipeline's process from where its interval began. */
static void take_inside(struct video_context *t, const struct vec *steps, const struct step *step)
{
    struct attempt *attempt = last_attempt(t, step);
    if (step->reported) {
        outcome_decide(t, steps, step, add_attempt(t, step));
        return;
    }
    const struct stage_interval *interval = stage_intervals_at(t, step->root, step->start_ns);
    if (attempt && attempt->root == step->root) {
        if (!attempt->is_fix && step->last_ns > attempt->end_ns)
            attempt->end_ns = attempt->last_ns = step->last_ns;
        return;
    }
    attempt = add_attempt(t, step);
    attempt->outcome = OUTCOME_SUCCESS;
    attempt->exit_status = -1;
    if (interval && str_equal(interval->stage, step->stage))
        attempt->start_ns = interval->start_ns;
}

void attempts_find(struct video_context *t)
{
    struct vec steps = step_find(t);
    VEC_EACH (const struct step, step, &steps) {
        if (step->kind == STEP_OPERATION)
            take_operation(t, &steps, step);
        else if (step->kind == STEP_FIX)
            take_fix(t, &steps, step);
        else
            take_inside(t, &steps, step);
    }
    place_calls(t);
    validations_find(t);
    VEC_EACH (struct attempt, attempt, &t->story->attempts)
        revise_inside(t, attempt);
    reported_failures_find(t);
    VEC_EACH (struct attempt, attempt, &t->story->attempts)
        revise_explain(t, attempt);
    revise_disproved(t);
    validations_settle(t);
    match_reports_find(t);
}
