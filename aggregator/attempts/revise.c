/* See attempts/revise.h. */
#include "attempts/revise.h"

#include "attempts/validations.h"
#include "timeline/stage_intervals.h"

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

void verdict_inside(struct teller *t, struct try *one)
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

void verdict_explain(struct teller *t, struct try *one)
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

void verdict_disprove(struct teller *t)
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
