/* Gives each video's story its calls: with stage and attempt, and the failures of those that failed. */
#include "attempts/attempts.h"

#include "llm_calls/observed_calls.h"
#include "timeline/stage_intervals.h"

#include <errno.h>

/* The run of the claude program that a call is of, or NULL. */
static struct call *run_of(const struct video_context *t, size_t runs, const struct call *call)
{
    for (size_t i = 0; i < runs; i++) {
        struct call *run = VEC_AT(&t->story->calls, struct call, i);
        if (tree_below(t->tree, call->node, run->node))
            return run;
    }
    return NULL;
}

static const struct attempt *attempt_of(const struct video_context *t, const struct call *call,
                                        struct str stage)
{
    const struct attempt *found = NULL;
    bool several = false;
    VEC_EACH (const struct attempt, attempt, &t->story->attempts) {
        VEC_EACH (const uint32_t, node, &attempt->nodes)
            if (tree_below(t->tree, call->node, *node))
                return attempt;
        if (!str_equal(attempt->stage, stage) || attempt->root != video_context_root(t, call->node) ||
            call->start_ns < attempt->start_ns || call->start_ns > attempt->last_ns)
            continue;
        several = found != NULL;
        found = attempt;
    }
    return several ? NULL : found;
}

static void find_place(const struct video_context *t, const struct call *run, struct call *call)
{
    const struct stage_interval *interval =
        stage_intervals_at(t, video_context_root(t, call->node), call->start_ns);
    const struct attempt *attempt = run ? NULL : attempt_of(t, call, interval ? interval->stage : STR(""));
    if (run) {
        call->stage = run->stage;
        call->scene = run->scene;
        call->attempt = run->attempt;
        call->stdin_bytes = run->stdin_bytes;
        call->stdout_bytes = run->stdout_bytes;
        call->model = call->model.len ? call->model : run->model;
    } else if (attempt) {
        call->stage = attempt->stage;
        call->scene = attempt->scene;
        call->attempt = attempt->key;
    } else if (interval) {
        call->stage = interval->stage;
    }
}

static struct str describe(const struct video_context *t, const struct call *call)
{
    struct str status = call->http_status >= 400 && call->error_type.len
                            ? str_format(t->arena, "HTTP %d: ", (int)call->http_status)
                        : call->http_status >= 400 ? str_format(t->arena, "HTTP %d", (int)call->http_status)
                                                   : STR("");
    bool both = call->error_type.len && call->error_message.len;
    if (call->success == 0)
        return str_format(t->arena, STR_FMT STR_FMT "%s" STR_FMT, STR_ARG(status), STR_ARG(call->error_type),
                          both || (!call->error_type.len && status.len && call->error_message.len) ? ": "
                                                                                                   : "",
                          STR_ARG(call->error_message));
    return str_format(t->arena, "the answer ended with stop_reason " STR_FMT, STR_ARG(call->stop_reason));
}

static bool stopped_badly(const struct call *call)
{
    return str_equal(call->stop_reason, STR("max_tokens")) || str_equal(call->stop_reason, STR("refusal"));
}

/* A call that ended because its process was killed: what killed that is told already. */
static bool died_with_process(const struct video_context *t, const struct call *call)
{
    return call->cut && call->source != CALL_TRANSCRIPT && tree_node(t->tree, call->node)->ended &&
           tree_node(t->tree, call->node)->end_ns == call->end_ns;
}

static void add_failure(struct video_context *t, const struct call *run, struct call *call)
{
    if (died_with_process(t, call)) {
        call->failure = run ? run->failure : NONE;
        return;
    }
    if (call->success != 0 && !stopped_badly(call))
        return;
    struct failure *failure = VEC_PUSH(t->arena, &t->story->failures, struct failure);
    *failure = (struct failure){.stage = call->stage,
                                .scene = call->scene,
                                .at_ns = call->last_ns,
                                .fallback = describe(t, call),
                                .echo_of = NONE,
                                .node = call->node,
                                .fixable = -1,
                                .auto_recoverable = -1,
                                .passed = call->retried_by != NONE};
    failure->evidence.stream_error = call->success == 0 && call->error_type.len && call->http_status == 200;
    failure->evidence.connect_error = call->cut && call->source != CALL_TRANSCRIPT ? ECONNRESET : 0;
    failure->evidence.stop_reason = call->stop_reason;
    *VEC_PUSH(t->arena, &failure->others, struct str) = failure->fallback;
    call->failure = (uint32_t)t->story->failures.count - 1;
}

/* Of a run that was killed the last call is in no transcript; it began after the last one that is. */
static bool hides_a_call(const struct video_context *t, const struct call *run, const struct call *last)
{
    const struct node *node = tree_node(t->tree, run->node);
    return last->source == CALL_TRANSCRIPT && node->ended && node->signal;
}

static const char *why_no_usage(const struct video_context *t, const struct call *run)
{
    VEC_EACH (const struct call, call, t->all_calls)
        if (call->node == NONE && call->start_ns >= run->start_ns && call->start_ns <= run->last_ns)
            return "ambiguous";
    return tree_node(t->tree, run->node)->signal ? "the claude program was killed before it wrote its usage"
                                                 : "no usage was recorded";
}

/* Takes the runs out whose calls are known. */
static void replace_runs(struct video_context *t, size_t runs, const uint32_t *last_of)
{
    struct vec kept = {0};
    for (size_t i = 0; i < t->story->calls.count; i++) {
        struct call *call = VEC_AT(&t->story->calls, struct call, i);
        const struct call *last =
            i < runs && last_of[i] != NONE ? VEC_AT(&t->story->calls, struct call, last_of[i]) : NULL;
        if (last && !hides_a_call(t, call, last))
            continue;
        if (i < runs)
            call->usage_reason = str_of(why_no_usage(t, call));
        if (last && last->last_ns > call->start_ns) {
            call->start_ns = last->last_ns;
            call->response_ns = call->last_ns - call->start_ns;
        }
        *VEC_PUSH(t->arena, &kept, struct call) = *call;
    }
    t->story->calls = kept;
}

static int by_start(const void *a, const void *b)
{
    const struct call *left = a, *right = b;
    if (left->start_ns != right->start_ns)
        return left->start_ns < right->start_ns ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

void place_calls(struct video_context *t)
{
    size_t runs = t->story->calls.count;
    uint32_t *last_of = arena_alloc(t->arena, (runs + 1) * sizeof *last_of);
    for (size_t i = 0; i < runs; i++)
        last_of[i] = NONE;
    VEC_EACH (const struct call, seen, t->all_calls) {
        if (seen->video != t->video || seen->node == NONE)
            continue;
        struct call call = *seen;
        struct call *run = run_of(t, runs, &call);
        find_place(t, run, &call);
        add_failure(t, run, &call);
        if (run)
            last_of[run - VEC_AT(&t->story->calls, struct call, 0)] = (uint32_t)t->story->calls.count;
        *VEC_PUSH(t->arena, &t->story->calls, struct call) = call;
    }
    replace_runs(t, runs, last_of);
    match_reports_of_calls(t);
    VEC_SORT(&t->story->calls, struct call, by_start);
}

void place_calls_settle(struct video_context *t)
{
    VEC_EACH (const struct call, call, &t->story->calls)
        VEC_EACH (struct attempt, attempt, &t->story->attempts)
            if (call->attempt && attempt->key == call->attempt)
                *VEC_PUSH(t->arena, &attempt->calls, uint64_t) = call->key;
    t->story->rate_limit_periods = linking_rate_limit_periods(t->arena, &t->story->calls);
}
