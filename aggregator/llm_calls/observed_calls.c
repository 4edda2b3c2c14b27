/* From the parts of a recorded call to what it was, and how it ended. */
#include "llm_calls/observed_calls.h"

#include "processes/videos.h"

#include "vl/event.h"

struct call call_none(void)
{
    return (struct call){.start_ns = NO_TIME,
                         .end_ns = NO_TIME,
                         .last_ns = NO_TIME,
                         .response_ns = -1,
                         .first_token_ns = -1,
                         .tokens = tokens_unknown(),
                         .cost = NO_COST,
                         .http_status = -1,
                         .retry_after_ns = -1,
                         .wait_ns = -1,
                         .sdk_attempt = -1,
                         .body_bytes = -1,
                         .sent_bytes = -1,
                         .received_bytes = -1,
                         .max_tokens = -1,
                         .usage = USAGE_NONE,
                         .failure = NONE,
                         .node = NONE,
                         .video = NONE,
                         .retried_by = NONE,
                         .should_retry = -1,
                         .success = -1};
}

static int64_t number(uint64_t recorded) { return recorded > INT64_MAX ? -1 : call_count((int64_t)recorded); }

static const struct api_stamp *const *stamps_of(const struct api_call *api, const struct api_stamp *out[5])
{
    out[0] = &api->request.stamp;
    out[1] = &api->response.stamp;
    out[2] = &api->usage.stamp;
    out[3] = &api->error.stamp;
    out[4] = &api->end.stamp;
    return out;
}

/* The first and last moment that is known of it, and where it was filed. */
static void fill_times(const struct tree *tree, const struct api_call *api, struct call *call)
{
    const struct api_stamp *room[5], *const *stamps = stamps_of(api, room);
    uint32_t host = tree_node(tree, call->node)->host;
    uint32_t video = NONE;
    for (int i = 0; i < 5; i++) {
        if (!stamps[i]->seen)
            continue;
        uint64_t took = stamps[i]->took < stamps[i]->ticks ? stamps[i]->took : 0;
        int64_t from = tree_wall(tree, host, stamps[i]->ticks - took);
        int64_t to = tree_wall(tree, host, stamps[i]->ticks);
        video = video == NONE ? stamps[i]->video : video;
        call->tid = call->tid ? call->tid : stamps[i]->tid;
        call->start_ns = call->start_ns == NO_TIME || from < call->start_ns ? from : call->start_ns;
        call->last_ns = to > call->last_ns ? to : call->last_ns;
    }
    call->video = videos_of_event(tree, call->node, video);
    if (api->end.stamp.seen)
        call->end_ns = tree_wall(tree, host, api->end.stamp.ticks);
}

/* The moment may be told from the beginning of the call, or as the clock's ticks. */
static void fill_first_token(const struct tree *tree, const struct api_call *api, struct call *call)
{
    uint64_t first = api->end.first_token_ticks;
    uint64_t begin = api->request.stamp.ticks - api->request.stamp.took;
    if (!api->end.stamp.seen || !api->request.stamp.seen || first == 0 || first == API_UNKNOWN)
        return;
    uint64_t at = first >= begin ? first : begin + first;
    if (at <= api->end.stamp.ticks)
        call->first_token_ns = tree_wall(tree, tree_node(tree, call->node)->host, at) - call->start_ns;
}

static void fill_request(const struct api_request *request, struct call *call)
{
    if (!request->stamp.seen)
        return;
    call->source = request->via == VL_API_PLAIN ? CALL_PLAIN : CALL_TLS;
    call->model = request->model;
    call->host = request->host;
    call->endpoint = request->endpoint;
    call->streaming = request->streaming != 0 && request->streaming != API_UNKNOWN;
    call->max_tokens = number(request->max_tokens);
    call->sdk_attempt = number(request->attempt);
    call->body_bytes = number(request->body_bytes);
}

static void fill_usage(const struct api_usage *usage, struct call *call)
{
    if (!usage->stamp.seen)
        return;
    call->message_id = usage->message_id;
    call->model_used = usage->model;
    call->service_tier = usage->service_tier;
    call->stop_reason = usage->stop_reason;
    call->tokens = (struct tokens){number(usage->input),          number(usage->output),
                                   number(usage->cache_write_5m), number(usage->cache_write_1h),
                                   number(usage->cache_read),     number(usage->web_searches),
                                   number(usage->web_fetches)};
}

static bool is_whole(const struct api_call *api, const struct call *call)
{
    bool complete = api->end.stamp.seen && api->end.how == VL_API_COMPLETE;
    return (complete || call->stop_reason.len) && !api->error.stamp.seen && call->http_status < 400;
}

/* Why an answer did not come whole. */
static struct str shortfall(const struct tree *tree, const struct api_call *api, const struct call *call)
{
    const struct node *node = tree_node(tree, call->node);
    if (api->error.stamp.seen && call->http_status > 0 && call->http_status < 400)
        return STR("the stream ended with an error");
    if (call->http_status >= 400)
        return str_format(tree->arena, "the call was refused with HTTP %d", (int)call->http_status);
    if (api->end.stamp.seen && api->end.how == VL_API_NOT_READ)
        return STR("the recorder could not follow the connection");
    if (api->end.stamp.seen && api->end.how != VL_API_COMPLETE)
        return STR("the connection ended before the answer did");
    if (api->end.stamp.seen)
        return STR("the answer named no usage");
    if (node->signal)
        return STR("the process was killed before the answer was complete");
    return node->ended ? STR("the process ended before the answer was complete")
                       : STR("the recording ends before the answer does");
}

static void judge(const struct tree *tree, const struct api_call *api, struct call *call)
{
    const struct node *node = tree_node(tree, call->node);
    bool followed = !api->end.stamp.seen || api->end.how != VL_API_NOT_READ;
    bool whole = is_whole(api, call);
    call->cut = !whole && call->http_status < 400 && !api->error.stamp.seen && followed &&
                (api->end.stamp.seen || node->ended);
    if (api->error.stamp.seen || call->http_status >= 400 || call->cut)
        call->success = 0;
    else if (whole)
        call->success = 1;
    bool counted = call->tokens.input >= 0 && call->tokens.output >= 0;
    call->usage = !api->usage.stamp.seen ? USAGE_NONE : whole && counted ? USAGE_COMPLETE : USAGE_PARTIAL;
    if (call->usage != USAGE_COMPLETE)
        call->usage_reason = shortfall(tree, api, call);
    if (call->cut && !call->error_message.len)
        call->error_message = call->usage_reason;
    if (!api->end.stamp.seen && node->ended)
        call->end_ns = node->end_ns;
    if (call->end_ns != NO_TIME) {
        call->last_ns = call->end_ns > call->last_ns ? call->end_ns : call->last_ns;
        call->response_ns = call->end_ns - call->start_ns;
    }
}

static bool says_limit(const struct call *call)
{
    return call->http_status == 429 || call->http_status == 529 ||
           str_equal(call->error_type, STR("rate_limit_error")) ||
           str_equal(call->error_type, STR("overloaded_error"));
}

static struct call call_of(const struct tree *tree, const struct api_call *api)
{
    struct call call = call_none();
    call.node = tree->node_of[api->process];
    const struct node *node = tree_node(tree, call.node);
    call.pid = node->pid;
    call.key = map_mix(map_mix(node->key, api->connection), api->stream);
    fill_times(tree, api, &call);
    fill_first_token(tree, api, &call);
    fill_request(&api->request, &call);
    fill_usage(&api->usage, &call);
    if (api->response.stamp.seen && api->response.status)
        call.http_status = number(api->response.status);
    call.request_id = api->response.request_id;
    call.error_type = api->error.type;
    call.error_message = api->error.message;
    if (api->end.stamp.seen) {
        call.sent_bytes = number(api->end.sent_bytes);
        call.received_bytes = number(api->end.received_bytes);
    }
    judge(tree, api, &call);
    call.rate_limited = says_limit(&call);
    headers_read(api->response.headers, &call);
    return call;
}

struct vec observed_calls(const struct tree *tree)
{
    struct vec calls = {0};
    VEC_EACH (const struct api_call, api, &tree->facts->calls)
        *VEC_PUSH(tree->arena, &calls, struct call) = call_of(tree, api);
    return batch_calls_once(tree, &calls);
}
