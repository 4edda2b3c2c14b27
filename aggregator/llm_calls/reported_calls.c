/* Calls that a program's own logger was told of: where nothing else saw them, that report is all there is. */
#include "llm_calls/observed_calls.h"

#include <stdlib.h>

static struct str value_of(const struct signal *signal, const char *name)
{
    VEC_EACH (const struct signal_value, value, &signal->values)
        if (str_equal(value->name, str_of(name)))
            return value->value;
    return STR("");
}

/* No call has none: 0 is what a logger says that does not know. */
static int64_t count_of(struct arena *arena, const struct signal *signal, const char *name)
{
    int64_t count = strtoll(str_c(arena, value_of(signal, name)), NULL, 10);
    return count > 0 ? call_count(count) : -1;
}

/* A note without a duration is of what ended since the one before it. */
static int64_t begin_of(const struct vec *signals, const struct signal *reported)
{
    int64_t before = INT64_MIN;
    if (reported->at_ns < reported->end_ns)
        return reported->at_ns;
    VEC_EACH (const struct signal, other, signals)
        if (other->kind == SIGNAL_CALL && other->node == reported->node && other->tid == reported->tid &&
            other->end_ns < reported->end_ns && other->end_ns > before)
            before = other->end_ns;
    return before;
}

static bool same_run(const struct tree *tree, uint32_t one, uint32_t other)
{
    return one != NONE && (tree_below(tree, one, other) || tree_below(tree, other, one));
}

/* The same fact from who knows better: what passed by, a transcript, or the claude program's own process. */
static bool is_covered(const struct tree *tree, const struct vec *signals, const struct vec *calls,
                       const struct signal *reported)
{
    int64_t begin = begin_of(signals, reported);
    VEC_EACH (const struct call, call, calls)
        if (call->source != CALL_REPORTED && same_run(tree, call->node, reported->node) &&
            call->video == reported->video && call->start_ns <= reported->end_ns && call->last_ns >= begin)
            return true;
    VEC_EACH (const struct signal, run, signals)
        if (run->kind == SIGNAL_FIX && run->from_process && same_run(tree, run->node, reported->node) &&
            run->video == reported->video && run->at_ns <= reported->end_ns &&
            (run->end_ns == NO_TIME || run->end_ns >= begin))
            return true;
    return false;
}

static struct call call_of(const struct tree *tree, const struct signal *reported)
{
    struct call call = call_none();
    const struct node *node = tree_node(tree, reported->node);
    call.source = CALL_REPORTED;
    call.start_ns = reported->at_ns;
    call.end_ns = call.last_ns = reported->end_ns;
    call.response_ns = reported->at_ns < reported->end_ns ? reported->end_ns - reported->at_ns : -1;
    call.model = call.model_used = reported->model;
    call.node = reported->node;
    call.pid = node->pid;
    call.tid = reported->tid;
    call.video = reported->video;
    call.rule = reported->rule;
    call.success = reported->success;
    call.error_message = reported->message;
    call.rate_limited = reported->success == 0 && str_equal(value_of(reported, "rate_limited"), STR("true"));
    call.error_type = call.rate_limited ? STR("rate_limit_error") : STR("");
    call.tokens.input = count_of(tree->arena, reported, "prompt_tokens");
    call.tokens.output = count_of(tree->arena, reported, "completion_tokens");
    bool counted = call.tokens.input >= 0 && call.tokens.output >= 0;
    call.usage = counted ? USAGE_COMPLETE : USAGE_NONE;
    call.usage_reason = counted ? STR("") : STR("the program's logger was told no usage");
    call.key =
        map_mix(map_mix(node->key, (uint64_t)reported->end_ns), str_hash(reported->model) ^ reported->tid);
    return call;
}

void reported_calls_add(const struct tree *tree, const struct vec *signals, struct vec *calls)
{
    VEC_EACH (const struct signal, reported, signals)
        if (reported->kind == SIGNAL_CALL && reported->node != NONE &&
            !is_covered(tree, signals, calls, reported))
            *VEC_PUSH(tree->arena, calls, struct call) = call_of(tree, reported);
}
