/* Calls that a program's own logger was told of: where nothing else saw them, its word is all there is. */
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
static int64_t begin_of(const struct vec *signals, const struct signal *said)
{
    int64_t before = INT64_MIN;
    if (said->at_ns < said->end_ns)
        return said->at_ns;
    VEC_EACH (const struct signal, other, signals)
        if (other->kind == SIGNAL_CALL && other->node == said->node && other->tid == said->tid &&
            other->end_ns < said->end_ns && other->end_ns > before)
            before = other->end_ns;
    return before;
}

static bool same_run(const struct tree *tree, uint32_t one, uint32_t other)
{
    return one != NONE && (tree_below(tree, one, other) || tree_below(tree, other, one));
}

/* The same fact from who knows better: what passed by, a transcript, or the claude program's own process. */
static bool is_covered(const struct tree *tree, const struct vec *signals, const struct vec *calls,
                       const struct signal *said)
{
    int64_t begin = begin_of(signals, said);
    VEC_EACH (const struct call, call, calls)
        if (call->source != CALL_SAID && same_run(tree, call->node, said->node) && call->film == said->film &&
            call->start_ns <= said->end_ns && call->last_ns >= begin)
            return true;
    VEC_EACH (const struct signal, run, signals)
        if (run->kind == SIGNAL_FIX && run->from_process && same_run(tree, run->node, said->node) &&
            run->film == said->film && run->at_ns <= said->end_ns &&
            (run->end_ns == NO_TIME || run->end_ns >= begin))
            return true;
    return false;
}

static struct call call_of(const struct tree *tree, const struct signal *said)
{
    struct call call = call_none();
    const struct node *node = tree_node(tree, said->node);
    call.source = CALL_SAID;
    call.start_ns = said->at_ns;
    call.end_ns = call.last_ns = said->end_ns;
    call.response_ns = said->at_ns < said->end_ns ? said->end_ns - said->at_ns : -1;
    call.model = call.model_used = said->model;
    call.node = said->node;
    call.pid = node->pid;
    call.tid = said->tid;
    call.film = said->film;
    call.rule = said->rule;
    call.success = said->success;
    call.error_message = said->message;
    call.rate_limited = said->success == 0 && str_equal(value_of(said, "rate_limited"), STR("true"));
    call.error_type = call.rate_limited ? STR("rate_limit_error") : STR("");
    call.tokens.input = count_of(tree->arena, said, "prompt_tokens");
    call.tokens.output = count_of(tree->arena, said, "completion_tokens");
    bool counted = call.tokens.input >= 0 && call.tokens.output >= 0;
    call.usage = counted ? USAGE_COMPLETE : USAGE_NONE;
    call.usage_reason = counted ? STR("") : STR("the program's logger was told no usage");
    call.key = map_mix(map_mix(node->key, (uint64_t)said->end_ns), str_hash(said->model) ^ said->tid);
    return call;
}

void calls_add_said(const struct tree *tree, const struct vec *signals, struct vec *calls)
{
    VEC_EACH (const struct signal, said, signals)
        if (said->kind == SIGNAL_CALL && said->node != NONE && !is_covered(tree, signals, calls, said))
            *VEC_PUSH(tree->arena, calls, struct call) = call_of(tree, said);
}
