/* Puts steps together to tries: a call for help and the operation after it are one. */
#include "attempts/attempts.h"

#include "attempts/match_reports.h"
#include "attempts/outcome.h"
#include "attempts/place_calls.h"
#include "attempts/revise.h"
#include "attempts/step.h"
#include "attempts/validations.h"
#include "failures/failure.h"
#include "llm_calls/find_calls.h"
#include "timeline/stage_intervals.h"

static struct try *last_try(const struct teller *t, const struct step *step)
{
    struct try *found = NULL;
    VEC_EACH (struct try, one, &t->story->tries)
        if (str_equal(one->stage, step->stage) && str_equal(one->scene, step->scene))
            found = one;
    return found;
}

static struct try *add_try(struct teller *t, const struct step *step)
{
    const struct try *before = last_try(t, step);
    uint32_t number = before ? before->number + 1 : 1;
    bool recovery = before && step->kind == STEP_OPERATION && before->root == step->root &&
                    (before->outcome == OUTCOME_FAILED || before->outcome == OUTCOME_TIMEOUT);
    struct try *one = VEC_PUSH(t->arena, &t->story->tries, struct try);
    *one = (struct try){.stage = step->stage,
                        .scene = step->scene,
                        .method = step->method,
                        .number = number,
                        .start_ns = step->start_ns,
                        .end_ns = step->end_ns,
                        .last_ns = step->last_ns,
                        .mishap = NONE,
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
        one->word = word_of(step->signal, true);
    uint64_t key =
        map_mix(map_mix(str_hash(t->story->film->name), str_hash(step->stage)), str_hash(step->scene));
    one->key = map_mix(map_mix(key, tree_node(t->tree, step->signal->node)->key), number);
    return one;
}

static void add_operation_checks(struct teller *t, const struct step *step, const struct try *one)
{
    bool again = one->number > 1;
    struct str type = step->signal->check.len ? step->signal->check : again ? step->signal->recheck : STR("");
    if (!type.len || one->outcome == OUTCOME_RUNNING || one->outcome == OUTCOME_INTERRUPTED)
        return;
    struct check *check = check_add(t, step->end_ns, type, step->scene, one->outcome == OUTCOME_SUCCESS);
    check->stage = step->stage;
    check->rule = step->signal->rule;
    check->node = step->signal->node;
    check->recovery = one->recovery;
    check->mishap = one->mishap;
    if (one->is_fix)
        *VEC_PUSH(t->arena, &check->fixes, struct str) = one->method;
}

static void take_operation(struct teller *t, const struct vec *steps, const struct step *step)
{
    struct try *one = last_try(t, step);
    if (!one || !one->is_fix || one->has_operation || one->root != step->root)
        one = add_try(t, step);
    else
        one->help = one->result;
    one->has_operation = true;
    one->end_ns = step->end_ns;
    one->last_ns = step->last_ns;
    outcome_judge(t, steps, step, one);
    add_operation_checks(t, step, one);
}

static void add_call(struct teller *t, const struct step *step, const struct try *one)
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
    call->asked_bytes = node->asked_bytes;
    call->answered_bytes = node->answered_bytes;
    call->film = t->film;
    call->mishap = one->mishap;
    call->key = node->key;
    call->attempt = one->key;
    call->rule = step->signal->rule;
    if (outcome != OUTCOME_RUNNING && outcome != OUTCOME_INTERRUPTED)
        call->success = outcome == OUTCOME_SUCCESS;
}

static void take_fix(struct teller *t, const struct vec *steps, const struct step *step)
{
    struct try *one = add_try(t, step);
    outcome_judge(t, steps, step, one);
    if (step->signal->from_process)
        add_call(t, step, one);
}

/* A stage works inside the pipeline's process from where its window began. */
static void take_inside(struct teller *t, const struct vec *steps, const struct step *step)
{
    struct try *one = last_try(t, step);
    if (step->said) {
        outcome_judge(t, steps, step, add_try(t, step));
        return;
    }
    const struct window *window = window_at(t, step->root, step->start_ns);
    if (one && one->root == step->root) {
        if (!one->is_fix && step->last_ns > one->end_ns)
            one->end_ns = one->last_ns = step->last_ns;
        return;
    }
    one = add_try(t, step);
    one->outcome = OUTCOME_SUCCESS;
    one->exit_status = -1;
    if (window && str_equal(window->stage, step->stage))
        one->start_ns = window->start_ns;
}

void ladder_climb(struct teller *t)
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
    calls_place(t);
    checks_find(t);
    VEC_EACH (struct try, one, &t->story->tries)
        verdict_inside(t, one);
    mishap_find_told(t);
    VEC_EACH (struct try, one, &t->story->tries)
        verdict_explain(t, one);
    verdict_disprove(t);
    checks_settle(t);
    words_find(t);
}
