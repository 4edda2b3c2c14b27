/* See attempts.h. */
#include "attempts/attempts.h"

#include "timeline/stage_intervals.h"

static bool proof_came(const struct video_context *t, const struct attempt *attempt, struct str rule,
                       int64_t until_ns)
{
    VEC_EACH (const struct signal, signal, t->signals)
        if (video_context_concerns(t, signal) && str_equal(signal->rule, rule) &&
            !video_context_is_helpers(t, signal) && signal->at_ns >= attempt->start_ns &&
            signal->at_ns < until_ns && (!attempt->scene.len || str_equal(signal->scene, attempt->scene)))
            return true;
    return false;
}

static const struct attempt *next_attempt(const struct video_context *t, const struct attempt *attempt)
{
    VEC_EACH (const struct attempt, other, &t->story->attempts)
        if (other > attempt && other->root == attempt->root && str_equal(other->stage, attempt->stage) &&
            str_equal(other->scene, attempt->scene))
            return other;
    return NULL;
}

static struct str proof_rule(const struct video_context *t, const struct attempt *attempt)
{
    if (!attempt->is_fix || !attempt->nodes.count)
        return STR("");
    uint32_t node = *VEC_AT(&attempt->nodes, uint32_t, 0);
    VEC_EACH (const struct signal, signal, t->signals)
        if (signal->kind == SIGNAL_FIX && signal->node == node)
            VEC_EACH (const struct signal_value, proof, &signal->proofs)
                if (str_equal(proof->name, attempt->stage))
                    return proof->value;
    return STR("");
}

/* The last check of its scene that came after an attempt began, and before the next; NULL. */
static const struct check *check_after(const struct video_context *t, const struct attempt *attempt,
                                       const struct attempt *next)
{
    const struct check *last = NULL;
    VEC_EACH (const struct check, check, &t->story->checks)
        if (str_equal(check->stage, attempt->stage) && str_equal(check->scene, attempt->scene) &&
            check->at_ns >= attempt->last_ns && (!next || check->at_ns <= next->start_ns) &&
            check->success >= 0 && (!last || check->at_ns >= last->at_ns))
            last = check;
    return last;
}

/* Help that was given is worth what the check after it says; true: there was one. */
static bool judge_by_check(const struct video_context *t, struct attempt *attempt, const struct attempt *next)
{
    const struct check *check = attempt->is_fix ? check_after(t, attempt, next) : NULL;
    if (!check)
        return false;
    attempt->outcome = check->success ? OUTCOME_SUCCESS : OUTCOME_FAILED;
    if (!check->success && attempt->failure == NONE)
        attempt->failure = check->failure;
    return true;
}

void revise_inside(struct video_context *t, struct attempt *attempt)
{
    const struct attempt *next = next_attempt(t, attempt);
    const struct stage_interval *interval = stage_intervals_of(t, attempt->root, attempt->stage);
    struct str proof = proof_rule(t, attempt);
    if (attempt->has_operation || attempt->outcome != OUTCOME_SUCCESS || judge_by_check(t, attempt, next) ||
        attempt->reported)
        return;
    if (next || (proof.len && !proof_came(t, attempt, proof, INT64_MAX)))
        attempt->outcome = OUTCOME_FAILED;
    else if (!proof.len && interval && interval->success == 0)
        attempt->outcome = OUTCOME_FAILED;
    const struct node *root = tree_node(t->tree, attempt->root);
    if (!next && attempt->outcome == OUTCOME_FAILED && !root->ended && (!interval || !interval->closed))
        attempt->outcome = root->alive ? OUTCOME_RUNNING : OUTCOME_INTERRUPTED;
    if (next && attempt->end_ns != NO_TIME && attempt->end_ns > next->start_ns && !attempt->is_fix)
        attempt->end_ns = attempt->last_ns = next->start_ns;
}

void revise_explain(struct video_context *t, struct attempt *attempt)
{
    const struct attempt *next = next_attempt(t, attempt);
    if (attempt->failure != NONE || attempt->outcome != OUTCOME_FAILED)
        return;
    for (uint32_t i = 0; i < t->story->failures.count; i++) {
        const struct failure *failure = VEC_AT(&t->story->failures, struct failure, i);
        if (!failure->passed && str_equal(failure->stage, attempt->stage) &&
            str_equal(failure->scene, attempt->scene) && failure->at_ns >= attempt->start_ns &&
            (!next || failure->at_ns <= next->start_ns))
            attempt->failure = i;
    }
}

void revise_disproved(struct video_context *t)
{
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        struct str rule = proof_rule(t, attempt);
        if (!rule.len || attempt->has_operation || attempt->outcome != OUTCOME_FAILED)
            continue;
        struct str type = STR("");
        VEC_EACH (const struct signal, signal, t->all_signals)
            if (str_equal(signal->rule, rule) && signal->check.len)
                type = signal->check;
        if (!type.len || check_after(t, attempt, next_attempt(t, attempt)))
            continue;
        struct check *check = validations_add(t, attempt->last_ns, type, attempt->scene, 0);
        check->failure = attempt->failure;
        check->stage = attempt->stage;
        check->rule = rule;
        check->message = STR("what the fix left did not pass");
    }
}
