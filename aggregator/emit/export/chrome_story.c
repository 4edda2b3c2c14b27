/* What a video's log tells: stages that may overlap, attempts and calls in lanes, figures over time. */
#include "emit/export/chrome.h"

#include "emit/entry.h"
#include "emit/json.h"
#include "model/series.h"

/* Slices that overlap go to different lanes; *lanes holds where each ends. */
static uint32_t lane_for(struct arena *arena, struct vec *lanes, int64_t start_ns, int64_t end_ns)
{
    uint32_t lane = 0;
    VEC_EACH (int64_t, end, lanes) {
        if (*end <= start_ns) {
            *end = end_ns;
            return lane;
        }
        lane++;
    }
    *VEC_PUSH(arena, lanes, int64_t) = end_ns;
    return lane;
}

/* Attempts have even lanes, calls odd ones, so that neither knows how many the other needs. */
static struct track lane_track(struct chrome *chrome, uint32_t pid, struct vec *lanes, const char *name,
                               unsigned odd, int64_t start_ns, int64_t end_ns)
{
    size_t before = lanes->count;
    uint32_t lane = lane_for(chrome->run->arena, lanes, start_ns, end_ns);
    struct track track = {pid, TRACK_LANES + 2 * lane + odd};
    if (lanes->count > before) {
        json_t *event = chrome_event("M", track, "thread_name"), *args = json_object();
        chrome_set(args, "name", json_string(name));
        chrome_set(event, "args", args);
        chrome_put(chrome, event);
    }
    return track;
}

static void put_stage(struct chrome *chrome, const struct log *log, const struct stage *stage, uint32_t pid)
{
    json_t *begin = chrome_event("b", (struct track){pid, 0}, ""), *end, *args = json_object();
    int64_t end_ns = stage->end_ns == NO_TIME ? log->story->last_ns : stage->end_ns;
    chrome_set(begin, "name", json_text(stage->name));
    chrome_set(begin, "cat", json_string("stage"));
    chrome_set(begin, "id",
               json_text(str_format(chrome->run->arena, "%u." STR_FMT, pid, STR_ARG(stage->name))));
    chrome_set(args, "status", json_string(stage_word(stage->outcome)));
    chrome_set(args, "method", json_text_or_null(stage->method));
    if (stage->failure != NONE)
        chrome_set(args, "error", entry_message(log, stage->failure));
    end = json_copy(begin);
    chrome_set(end, "ph", json_string("e"));
    chrome_at(chrome, begin, "ts", stage->start_ns);
    chrome_at(chrome, end, "ts", end_ns > stage->start_ns ? end_ns : stage->start_ns);
    chrome_set(begin, "args", args);
    chrome_put(chrome, begin);
    chrome_put(chrome, end);
}

static json_t *args_of_attempt(const struct log *log, const struct attempt *attempt)
{
    json_t *args = json_object();
    chrome_set(args, "stage", json_text(attempt->stage));
    chrome_set(args, "attempt_number", json_integer(attempt->number));
    chrome_set(args, "status", json_string(outcome_word(attempt->outcome)));
    if (attempt->failure != NONE && attempt->outcome != OUTCOME_SUCCESS)
        chrome_set(args, "error", entry_message(log, attempt->failure));
    chrome_set(args, "attempt_id", json_hex(attempt->key));
    return args;
}

static json_t *args_of_call(const struct call *call)
{
    json_t *args = json_object();
    chrome_set(args, "input_tokens", json_count(call->tokens.input));
    chrome_set(args, "output_tokens", json_count(call->tokens.output));
    chrome_set(args, "cost_usd", json_dollars(call->cost));
    chrome_set(args, "success", json_flag(call->success));
    if (call->error_type.len)
        chrome_set(args, "error_type", json_text(call->error_type));
    chrome_set(args, "call_id", json_hex(call->key));
    return args;
}

static int64_t end_of_call(const struct call *call)
{
    return call->end_ns != NO_TIME ? call->end_ns : call->last_ns != NO_TIME ? call->last_ns : call->start_ns;
}

/* Where an attempt was drawn. */
struct drawn {
    uint64_t key;
    struct track track;
    int64_t start_ns, last_ns;
};

static void put_attempts(struct chrome *chrome, const struct log *log, uint32_t pid, struct vec *drawn)
{
    struct vec lanes = {0};
    VEC_EACH (const struct attempt, attempt, &log->story->attempts) {
        struct track track =
            lane_track(chrome, pid, &lanes, "attempts", 0, attempt->start_ns, attempt->last_ns);
        struct str name = attempt->scene.len ? str_format(chrome->run->arena, STR_FMT " " STR_FMT,
                                                          STR_ARG(attempt->method), STR_ARG(attempt->scene))
                                             : attempt->method;
        chrome_slice(chrome, track, name, "attempt", attempt->start_ns, attempt->last_ns,
                     args_of_attempt(log, attempt));
        *VEC_PUSH(chrome->run->arena, drawn, struct drawn) =
            (struct drawn){attempt->key, track, attempt->start_ns, attempt->last_ns};
    }
}

static void put_calls(struct chrome *chrome, const struct log *log, uint32_t pid, const struct vec *drawn)
{
    struct vec lanes = {0};
    VEC_EACH (const struct call, call, &log->story->calls) {
        struct str model = call->model_used.len ? call->model_used : call->model;
        struct track track =
            lane_track(chrome, pid, &lanes, "Claude calls", 1, call->start_ns, end_of_call(call));
        chrome_slice(chrome, track, str_format(chrome->run->arena, "chat " STR_FMT, STR_ARG(model)), "call",
                     call->start_ns, end_of_call(call), args_of_call(call));
        VEC_EACH (const struct drawn, one, drawn)
            if (call->attempt && one->key == call->attempt) {
                int64_t at = call->start_ns < one->last_ns ? call->start_ns : one->last_ns;
                chrome_arrow(chrome, "asks", one->track, at > one->start_ns ? at : one->start_ns, track,
                             call->start_ns);
            }
    }
}

/* A video whose work was all done by processes of no video has no named group yet. */
static void put_group_name(struct chrome *chrome, const struct log *log, uint32_t pid)
{
    json_t *event = chrome_event("M", (struct track){pid, 0}, "process_name"), *args = json_object();
    chrome_set(args, "name", json_text(log->story->video->name));
    chrome_set(event, "args", args);
    chrome_put(chrome, event);
}

static bool has_process(const struct tree *tree, uint32_t video)
{
    VEC_EACH (const struct node, node, &tree->nodes)
        if (node->video == video)
            return true;
    return false;
}

void chrome_story(struct chrome *chrome, const struct log *log, uint32_t video)
{
    struct vec drawn = {0};
    uint32_t pid = chrome_pid(chrome, video, tree_host_of_video(&chrome->run->tree, video));
    if (!has_process(&chrome->run->tree, video))
        put_group_name(chrome, log, pid);
    VEC_EACH (const struct stage, stage, &log->story->stages)
        put_stage(chrome, log, stage, pid);
    put_attempts(chrome, log, pid, &drawn);
    put_calls(chrome, log, pid, &drawn);
    struct cost_sum cost_sum = {0};
    VEC_EACH (const struct call, call, &log->story->calls) {
        cost_sum_add(&cost_sum, call);
        json_t *event = chrome_event("C", (struct track){pid, 0}, "cost"), *args = json_object();
        chrome_at(chrome, event, "ts", end_of_call(call));
        chrome_set(args, "USD", json_dollars(cost_sum.cost));
        chrome_set(event, "args", args);
        chrome_put(chrome, event);
    }
}

static void put_counter(struct chrome *chrome, uint32_t pid, const char *name, const char *unit,
                        int64_t at_ns, double value)
{
    json_t *event = chrome_event("C", (struct track){pid, 0}, name), *args = json_object();
    chrome_at(chrome, event, "ts", at_ns);
    chrome_set(args, unit, json_rounded(value, 1000));
    chrome_set(event, "args", args);
    chrome_put(chrome, event);
}

void chrome_counters(struct chrome *chrome, uint32_t video)
{
    const struct tree *tree = &chrome->run->tree;
    struct vec series = series_of_video(chrome->run->arena, tree, video, 0);
    uint32_t pid = chrome_pid(chrome, video, tree_host_of_video(tree, video));
    VEC_EACH (const struct point, point, &series) {
        put_counter(chrome, pid, "memory", "MB", point->at_ns, (double)point->memory_kb / 1024);
        put_counter(chrome, pid, "processor", "%", point->at_ns, (double)point->cpu_permille / 10);
        put_counter(chrome, pid, "processes", "living", point->at_ns, (double)point->processes);
    }
}
