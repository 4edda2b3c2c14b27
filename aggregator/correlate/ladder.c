/* Puts steps together to tries: a call for help and the operation after it are one. */
#include "correlate/ladder.h"

#include "correlate/calls.h"
#include "correlate/checks.h"
#include "correlate/ending.h"
#include "correlate/mishap.h"
#include "correlate/step.h"
#include "correlate/window.h"
#include "correlate/words.h"

#include "vl/event.h"

#include <signal.h>

#define CHECK_OF_OUTPUT "output_validation"

static struct try *last_try(const struct teller *t, const struct step *step)
{
    struct try *found = NULL;
    VEC_EACH (struct try, one, &t->story->tries)
        if (str_equal(one->stage, step->stage) && str_equal(one->scene, step->scene))
            found = one;
    return found;
}

static const struct signal *output_of(const struct teller *t, const struct step *step, int64_t until_ns)
{
    const struct signal *own = step->signal;
    VEC_EACH (const struct signal, signal, t->signals) {
        if (signal->kind != SIGNAL_OUTPUT || !teller_concerns(t, signal) ||
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

static enum outcome outcome_of_node(const struct teller *t, uint32_t index)
{
    const struct node *node = tree_node(t->tree, index);
    if (!node->ended)
        return node->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    if (ending_is_timeout(t->tree, index))
        return OUTCOME_TIMEOUT;
    if (node->signal == SIGTERM || node->signal == SIGINT)
        return OUTCOME_INTERRUPTED;
    return node->exit_status == 0 ? OUTCOME_SUCCESS : OUTCOME_FAILED;
}

/* How a call, or a try that the program told of, ended. */
static enum outcome outcome_of_call(const struct teller *t, const struct signal *signal)
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
static enum outcome miss_output(struct teller *t, const struct step *step, uint32_t *mishap)
{
    const struct node *node = tree_node(t->tree, step->signal->node);
    const struct node *starter = node->parent == NONE ? node : tree_node(t->tree, node->parent);
    if (!starter->ended)
        return starter->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED; /* it had no chance to take it */
    *mishap = mishap_of_text(t, step->end_ns, step->stage, step->scene, step->signal->missing);
    check_add(t, step->end_ns, STR(CHECK_OF_OUTPUT), step->scene, 0)->mishap = *mishap;
    return OUTCOME_FAILED;
}

/* A process that ended well inside a call that says it failed. */
static enum outcome hear_call(struct teller *t, const struct step *step, enum outcome outcome,
                              struct try *one)
{
    const struct signal *said = step->said;
    if (!said)
        return outcome;
    if (one->exit_status < 0)
        one->exit_status = said->exit_status;
    one->said |= said->success >= 0 && said->ended >= 0;
    one->result = said->result;
    if (outcome == OUTCOME_SUCCESS && said->ended >= 0)
        outcome = outcome_of_call(t, said);
    if (outcome != OUTCOME_SUCCESS && outcome != OUTCOME_RUNNING && one->mishap == NONE && said->ended >= 0)
        one->mishap = mishap_of_call(t, said, step->stage, step->scene);
    return outcome;
}

/* How an operation ended; *mishap and the output are set as far as there are any. */
static enum outcome outcome_of(struct teller *t, const struct vec *steps, const struct step *step,
                               struct try *one)
{
    one->mishap = NONE;
    one->result = step->signal->from_process ? STR("") : step->signal->result;
    if (!step->signal->from_process)
        return hear_call(t, step, outcome_of_call(t, step->signal), one);
    enum outcome outcome = outcome_of_node(t, step->signal->node);
    if (outcome == OUTCOME_SUCCESS && step->kind == STEP_OPERATION && step->signal->expects.len) {
        const struct signal *output = output_of(t, step, next_start(steps, step));
        one->output = output ? output->path : STR("");
        if (!output && !(step->said && step->said->success == 1))
            return miss_output(t, step, &one->mishap);
    }
    bool ended = tree_node(t->tree, step->signal->node)->ended;
    if (ended && (outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_INTERRUPTED))
        one->mishap = mishap_of_process(t, step->signal, step->stage, step->scene);
    return hear_call(t, step, outcome, one);
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

/* The outcome, and the process if the step is one. */
static void judge_step(struct teller *t, const struct vec *steps, const struct step *step, struct try *one)
{
    one->exit_status = step->signal->from_process ? tree_node(t->tree, step->signal->node)->exit_status : -1;
    one->outcome = outcome_of(t, steps, step, one);
    if (step->signal->from_process)
        *VEC_PUSH(t->arena, &one->nodes, uint32_t) = step->signal->node;
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
    judge_step(t, steps, step, one);
    add_operation_checks(t, step, one);
}

static void add_call(struct teller *t, const struct step *step, const struct try *one)
{
    const struct node *node = tree_node(t->tree, step->signal->node);
    enum outcome outcome = outcome_of_node(t, step->signal->node);
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
    judge_step(t, steps, step, one);
    if (step->signal->from_process)
        add_call(t, step, one);
}

/* A stage works inside the pipeline's process from where its window began. */
static void take_inside(struct teller *t, const struct vec *steps, const struct step *step)
{
    struct try *one = last_try(t, step);
    if (step->said) {
        judge_step(t, steps, step, add_try(t, step));
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

static bool proof_came(const struct teller *t, const struct try *one, struct str rule, int64_t until_ns)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (teller_concerns(t, signal) && str_equal(signal->rule, rule) && !teller_is_helpers(t, signal) &&
            signal->at_ns >= one->start_ns && signal->at_ns < until_ns &&
            (!one->scene.len || str_equal(signal->scene, one->scene)))
            return true;
    return false;
}

static const struct try *next_try(const struct teller *t, const struct try *one)
{
    VEC_EACH (const struct try, other, &t->story->tries)
        if (other > one && other->root == one->root && str_equal(other->stage, one->stage) &&
            str_equal(other->scene, one->scene))
            return other;
    return NULL;
}

static struct str proof_rule(const struct teller *t, const struct try *one)
{
    if (!one->is_fix || !one->nodes.count)
        return STR("");
    uint32_t node = *VEC_AT(&one->nodes, uint32_t, 0);
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_FIX && signal->node == node)
            VEC_EACH (const struct signal_value, proof, &signal->proofs)
                if (str_equal(proof->name, one->stage))
                    return proof->value;
    return STR("");
}

/* The last check of its scene that came after a try began, and before the next; NULL. */
static const struct check *check_after(const struct teller *t, const struct try *one, const struct try *next)
{
    const struct check *last = NULL;
    VEC_EACH (const struct check, check, &t->story->checks)
        if (str_equal(check->stage, one->stage) && str_equal(check->scene, one->scene) &&
            check->at_ns >= one->last_ns && (!next || check->at_ns <= next->start_ns) &&
            check->success >= 0 && (!last || check->at_ns >= last->at_ns))
            last = check;
    return last;
}

/* Help that was given is worth what the check after it says; true: there was one. */
static bool judge_by_check(const struct teller *t, struct try *one, const struct try *next)
{
    const struct check *check = one->is_fix ? check_after(t, one, next) : NULL;
    if (!check)
        return false;
    one->outcome = check->success ? OUTCOME_SUCCESS : OUTCOME_FAILED;
    if (!check->success && one->mishap == NONE)
        one->mishap = check->mishap;
    return true;
}

/* A try that went on inside the pipeline's process is judged by what came after it. */
static void judge_inside(struct teller *t, struct try *one)
{
    const struct try *next = next_try(t, one);
    const struct window *window = window_of(t, one->root, one->stage);
    struct str proof = proof_rule(t, one);
    if (one->has_operation || one->outcome != OUTCOME_SUCCESS || judge_by_check(t, one, next) || one->said)
        return;
    if (next || (proof.len && !proof_came(t, one, proof, INT64_MAX)))
        one->outcome = OUTCOME_FAILED;
    else if (!proof.len && window && window->success == 0)
        one->outcome = OUTCOME_FAILED;
    const struct node *root = tree_node(t->tree, one->root);
    if (!next && one->outcome == OUTCOME_FAILED && !root->ended && (!window || !window->closed))
        one->outcome = root->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    if (next && one->end_ns != NO_TIME && one->end_ns > next->start_ns && !one->is_fix)
        one->end_ns = one->last_ns = next->start_ns;
}

/* What the pipeline said went wrong while a try was going on that nothing else explains. */
static void explain(struct teller *t, struct try *one)
{
    const struct try *next = next_try(t, one);
    if (one->mishap != NONE || one->outcome != OUTCOME_FAILED)
        return;
    for (uint32_t i = 0; i < t->story->mishaps.count; i++) {
        const struct mishap *mishap = VEC_AT(&t->story->mishaps, struct mishap, i);
        if (!mishap->passed && str_equal(mishap->stage, one->stage) && str_equal(mishap->scene, one->scene) &&
            mishap->at_ns >= one->start_ns && (!next || mishap->at_ns <= next->start_ns))
            one->mishap = i;
    }
}

/* A fix that the stage could not use is a validation that failed. */
static void add_disproofs(struct teller *t)
{
    VEC_EACH (const struct try, one, &t->story->tries) {
        struct str rule = proof_rule(t, one);
        if (!rule.len || one->has_operation || one->outcome != OUTCOME_FAILED)
            continue;
        struct str type = STR("");
        VEC_EACH (const struct signal, signal, t->all_signals)
            if (str_equal(signal->rule, rule) && signal->check.len)
                type = signal->check;
        if (!type.len || check_after(t, one, next_try(t, one)))
            continue;
        struct check *check = check_add(t, one->last_ns, type, one->scene, 0);
        check->mishap = one->mishap;
        check->stage = one->stage;
        check->rule = rule;
        check->message = STR("what the fix left did not pass");
    }
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
    calls_tell(t);
    checks_find(t);
    VEC_EACH (struct try, one, &t->story->tries)
        judge_inside(t, one);
    mishap_find_told(t);
    VEC_EACH (struct try, one, &t->story->tries)
        explain(t, one);
    add_disproofs(t);
    checks_settle(t);
    words_find(t);
}
