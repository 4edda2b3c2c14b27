/* Spans of a video: video > stage > attempt > processes and calls. */
#include "emit/entry.h"
#include "emit/export/otlp.h"
#include "emit/json.h"

enum span_kind { SPAN_VIDEO = 1, SPAN_STAGE, SPAN_ATTEMPT, SPAN_PROCESS, SPAN_CALL };
enum otlp_kind { KIND_INTERNAL = 1, KIND_CLIENT = 3 };
enum otlp_status { STATUS_OK = 1, STATUS_ERROR = 2 };

struct spans {
    const struct conclusion *run;
    const struct log *log;
    uint32_t video;
    uint64_t trace[2];
    json_t *list;
};

/* The same thing has the same id in every export; a call known from its process shares the process's key. */
static uint64_t span_id(const struct spans *s, enum span_kind kind, uint64_t key)
{
    uint64_t id = map_mix(map_mix(s->trace[1], kind), key);
    return id ? id : 1;
}

static uint64_t video_id(const struct spans *s) { return span_id(s, SPAN_VIDEO, 0); }

static uint64_t stage_id(const struct spans *s, struct str stage)
{
    VEC_EACH (const struct stage, one, &s->log->story->stages)
        if (str_equal(one->name, stage))
            return span_id(s, SPAN_STAGE, str_hash(stage));
    return video_id(s);
}

static json_t *add_span(struct spans *s, uint64_t id, uint64_t parent, struct str name, enum otlp_kind kind)
{
    json_t *span = json_object();
    otlp_set(span, "traceId", otlp_trace(s->trace));
    otlp_set(span, "spanId", otlp_id(id));
    if (parent)
        otlp_set(span, "parentSpanId", otlp_id(parent));
    otlp_set(span, "name", json_text(name));
    otlp_set(span, "kind", json_integer(kind));
    json_array_append_new(s->list, span);
    return span;
}

/* Times, attributes and status, in the order in which collectors write them. */
static void close_span(json_t *span, int64_t start_ns, int64_t end_ns, json_t *attributes)
{
    otlp_set(span, "startTimeUnixNano", otlp_int(start_ns));
    otlp_set(span, "endTimeUnixNano", otlp_int(end_ns > start_ns ? end_ns : start_ns));
    otlp_set(span, "attributes", attributes);
}

static void set_status(json_t *span, enum otlp_status code, struct str message)
{
    json_t *status = json_object();
    if (code == STATUS_ERROR && message.len)
        otlp_set(status, "message", json_text(message));
    otlp_set(status, "code", json_integer(code));
    otlp_set(span, "status", status);
}

/* What runs, was cut off or skipped has no status. */
static void set_outcome(const struct spans *s, json_t *span, enum outcome outcome, uint32_t failure)
{
    const struct failure *why = entry_failure(s->log, failure);
    if (outcome == OUTCOME_SUCCESS)
        set_status(span, STATUS_OK, STR(""));
    else if (outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT)
        set_status(span, STATUS_ERROR, why ? why->message : str_of(outcome_word(outcome)));
}

static void add_error_type(const struct spans *s, json_t *attributes, enum outcome outcome, uint32_t failure)
{
    const struct failure *why = entry_failure(s->log, failure);
    if (outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT)
        otlp_text(attributes, "error.type", why ? why->category : str_of(outcome_word(outcome)));
}

static void add_video(struct spans *s)
{
    const struct story *story = s->log->story;
    json_t *attributes = json_array();
    json_t *span = add_span(s, video_id(s), 0, STR("video"), KIND_INTERNAL);
    otlp_text(attributes, "vlshim.video", story->video->name);
    otlp_text(attributes, "vlshim.status", str_of(story_status(story)));
    close_span(span, story->first_ns, story->last_ns, attributes);
}

static void add_stage(struct spans *s, const struct stage *stage)
{
    json_t *attributes = json_array();
    json_t *span = add_span(s, stage_id(s, stage->name), video_id(s),
                            str_format(s->run->arena, "stage " STR_FMT, STR_ARG(stage->name)), KIND_INTERNAL);
    otlp_text(attributes, "vlshim.stage", stage->name);
    otlp_text(attributes, "vlshim.method", stage->method);
    otlp_text(attributes, "vlshim.status", str_of(stage_word(stage->outcome)));
    add_error_type(s, attributes, stage->outcome, stage->failure);
    close_span(span, stage->start_ns, stage->end_ns == NO_TIME ? s->log->story->last_ns : stage->end_ns,
               attributes);
    set_outcome(s, span, stage->outcome, stage->failure);
}

static void add_attempt(struct spans *s, const struct attempt *attempt)
{
    json_t *attributes = json_array();
    json_t *span =
        add_span(s, span_id(s, SPAN_ATTEMPT, attempt->key), stage_id(s, attempt->stage),
                 str_format(s->run->arena, "attempt " STR_FMT, STR_ARG(attempt->method)), KIND_INTERNAL);
    otlp_text(attributes, "vlshim.stage", attempt->stage);
    otlp_text(attributes, "vlshim.scene", attempt->scene);
    otlp_number(attributes, "vlshim.attempt_number", attempt->number);
    otlp_text(attributes, "vlshim.status", str_of(outcome_word(attempt->outcome)));
    add_error_type(s, attributes, attempt->outcome, attempt->failure);
    close_span(span, attempt->start_ns, attempt->last_ns, attributes);
    set_outcome(s, span, attempt->outcome, attempt->failure);
}

/* An attempt that names the process, else the process that started it, else the video. */
static uint64_t parent_of_process(const struct spans *s, uint32_t index)
{
    VEC_EACH (const struct attempt, attempt, &s->log->story->attempts)
        VEC_EACH (const uint32_t, node, &attempt->nodes)
            if (*node == index)
                return span_id(s, SPAN_ATTEMPT, attempt->key);
    uint32_t parent = tree_node(&s->run->tree, index)->parent;
    if (parent != NONE && tree_node(&s->run->tree, parent)->video == s->video)
        return span_id(s, SPAN_PROCESS, tree_node(&s->run->tree, parent)->key);
    return video_id(s);
}

static void add_process(struct spans *s, uint32_t index)
{
    const struct node *node = tree_node(&s->run->tree, index);
    const struct invocation *last =
        node->commands.count ? VEC_LAST(&node->commands, struct invocation) : &(struct invocation){0};
    json_t *attributes = json_array();
    json_t *span = add_span(s, span_id(s, SPAN_PROCESS, node->key), parent_of_process(s, index),
                            last->program.len ? last->program : STR("process"), KIND_INTERNAL);
    otlp_number(attributes, "process.pid", node->pid);
    otlp_text(attributes, "process.executable.name", last->program);
    otlp_text(attributes, "process.executable.path", last->exe);
    otlp_number(attributes, "process.exit.code", node->exit_status);
    otlp_number(attributes, "vlshim.signal", node->signal ? node->signal : -1);
    otlp_real(attributes, "vlshim.cpu_seconds", (double)node->cpu_us / 1e6);
    otlp_number(attributes, "vlshim.memory_peak_bytes", node->peak_kb ? (int64_t)node->peak_kb * 1024 : -1);
    close_span(span, node->start_ns, node->end_ns == NO_TIME ? node->last_ns : node->end_ns, attributes);
    if (node->exit_status > 0 || node->signal)
        set_status(span, STATUS_ERROR, STR(""));
}

static int64_t known(int64_t number) { return number < 0 ? 0 : number; }

/* gen_ai.usage.input_tokens is all of the prompt, whether the cache had it or not. */
static void add_usage(json_t *attributes, const struct tokens *tokens)
{
    int64_t creation = tokens_cache_creation(tokens);
    otlp_number(attributes, "gen_ai.usage.input_tokens",
                tokens->input < 0 ? -1 : tokens->input + known(creation) + known(tokens->cache_read));
    otlp_number(attributes, "gen_ai.usage.output_tokens", tokens->output);
    otlp_number(attributes, "gen_ai.usage.cache_read.input_tokens", tokens->cache_read);
    otlp_number(attributes, "gen_ai.usage.cache_creation.input_tokens", creation);
}

/* host, or host:port */
static void add_server(json_t *attributes, struct str host)
{
    struct str rest = host, name;
    int64_t port = 0;
    if (!host.len || !str_next(&rest, ':', &name))
        return;
    otlp_text(attributes, "server.address", name);
    for (size_t i = 0; i < rest.len && i < 6; i++)
        port = port * 10 + (rest.ptr[i] - '0');
    otlp_number(attributes, "server.port", rest.len ? port : 443);
}

static struct str why_failed(const struct spans *s, const struct call *call)
{
    const struct failure *why = entry_failure(s->log, call->failure);
    if (call->error_type.len)
        return call->error_type;
    if (call->http_status >= 400)
        return str_format(s->run->arena, "%lld", (long long)call->http_status);
    return why ? why->category : STR("_OTHER");
}

static json_t *attributes_of_call(const struct spans *s, const struct call *call)
{
    json_t *attributes = json_array();
    otlp_text(attributes, "gen_ai.provider.name", STR("anthropic"));
    otlp_text(attributes, "gen_ai.operation.name", STR("chat"));
    otlp_text(attributes, "gen_ai.request.model", call->model);
    otlp_number(attributes, "gen_ai.request.max_tokens", call->max_tokens > 0 ? call->max_tokens : -1);
    otlp_text(attributes, "gen_ai.response.model", call->model_used);
    otlp_text(attributes, "gen_ai.response.id", call->message_id);
    otlp_texts(attributes, "gen_ai.response.finish_reasons", call->stop_reason);
    add_usage(attributes, &call->tokens);
    if (call->success == 0)
        otlp_text(attributes, "error.type", why_failed(s, call));
    add_server(attributes, call->host);
    otlp_number(attributes, "http.response.status_code", call->http_status);
    otlp_real(attributes, "vlshim.cost_usd", call->cost == NO_COST ? -1 : (double)call->cost / 1e12);
    otlp_text(attributes, "vlshim.source", str_of(call_source_word(call->source)));
    otlp_flag(attributes, "vlshim.rate_limited",
              call_rate_limited(call, entry_failure(s->log, call->failure)));
    return attributes;
}

static void link_to_repeated(const struct spans *s, json_t *span, const struct call *call)
{
    if (!call->retry_of)
        return;
    json_t *links = json_array(), *link = json_object();
    uint64_t trace[2] = {s->trace[0], s->trace[1]};
    otlp_set(link, "traceId", otlp_trace(trace));
    otlp_set(link, "spanId", otlp_id(span_id(s, SPAN_CALL, call->retry_of)));
    json_array_append_new(links, link);
    otlp_set(span, "links", links);
}

static void add_call(struct spans *s, const struct call *call)
{
    struct str model = call->model.len ? call->model : call->model_used;
    struct str name = model.len ? str_format(s->run->arena, "chat " STR_FMT, STR_ARG(model)) : STR("chat");
    uint64_t parent = call->attempt ? span_id(s, SPAN_ATTEMPT, call->attempt) : stage_id(s, call->stage);
    int64_t end = call->end_ns != NO_TIME ? call->end_ns : call->last_ns;
    json_t *span = add_span(s, span_id(s, SPAN_CALL, call->key), parent, name, KIND_CLIENT);
    close_span(span, call->start_ns, end, attributes_of_call(s, call));
    link_to_repeated(s, span, call);
    if (call->success == 0)
        set_status(span, STATUS_ERROR, call->error_message);
}

json_t *otlp_spans(const struct conclusion *run, const struct log *log, uint32_t video)
{
    struct spans s = {.run = run, .log = log, .video = video, .list = json_array()};
    s.trace[0] = map_mix(str_hash(log->story->video->name), str_hash(log->story->video->folder));
    s.trace[1] = map_mix(s.trace[0], (uint64_t)log->story->first_ns);
    add_video(&s);
    VEC_EACH (const struct stage, stage, &log->story->stages)
        add_stage(&s, stage);
    VEC_EACH (const struct attempt, attempt, &log->story->attempts)
        add_attempt(&s, attempt);
    for (uint32_t i = 0; i < run->tree.nodes.count; i++)
        if (tree_node(&run->tree, i)->video == video)
            add_process(&s, i);
    VEC_EACH (const struct call, call, &log->story->calls)
        add_call(&s, call);
    return s.list;
}
