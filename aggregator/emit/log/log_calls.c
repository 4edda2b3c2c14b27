/* claude_api_usage: one entry a call, in order of time, with what the calls came to so far. */
#include "emit/log/sections.h"

#include "emit/entry.h"
#include "emit/json.h"

static void set_usage(json_t *object, const struct call *call)
{
    const struct tokens *tokens = &call->tokens;
    entry_set(object, "prompt_tokens", json_count(tokens->input));
    entry_set(object, "completion_tokens", json_count(tokens->output));
    entry_set(object, "cache_creation_tokens", json_count(tokens_cache_creation(tokens)));
    if (tokens->cache_write_1h > 0)
        entry_set(object, "cache_creation_1h_tokens", json_count(tokens->cache_write_1h));
    entry_set(object, "cache_read_tokens", json_count(tokens->cache_read));
    if (tokens->web_searches > 0)
        entry_set(object, "web_search_requests", json_count(tokens->web_searches));
    if (tokens->web_fetches > 0)
        entry_set(object, "web_fetch_requests", json_count(tokens->web_fetches));
    entry_set(object, "total_tokens", json_count(tokens_total(tokens)));
    entry_set(object, "estimated_cost_usd", json_dollars(call->cost));
    entry_set(object, "source", json_string(call_source_word(call->source)));
    entry_set(object, "usage", json_string(call_usage_word(call->usage)));
    entry_set(object, "usage_reason", json_text_or_null(call->usage_reason));
}

static json_t *error_message(const struct log *log, const struct call *call)
{
    if (call->success != 0)
        return json_null();
    return call->error_message.len ? json_text(call->error_message) : entry_message(log, call->failure);
}

static void set_outcome(const struct log *log, json_t *object, const struct call *call)
{
    bool limited = call_rate_limited(call, entry_failure(log, call->failure));
    entry_set(object, "response_time_seconds", json_seconds(call->response_ns));
    entry_set(object, "time_to_first_token_seconds", json_seconds(call->first_token_ns));
    entry_set(object, "success", json_flag(call->success));
    entry_set(object, "http_status", json_count(call->http_status));
    entry_set(object, "error_type", json_text_or_null(call->error_type));
    entry_set(object, "error_message", error_message(log, call));
    entry_set(object, "rate_limited", json_boolean(limited));
    if (limited)
        entry_set(object, "rate_limit", json_text_or_null(call->limit));
    if (call->http_status >= 400)
        entry_set(object, "retryable", json_boolean(call_is_retryable(call)));
    if (call->retry_after_ns >= 0)
        entry_set(object, "retry_after_seconds", json_seconds(call->retry_after_ns));
    entry_set(object, "stop_reason", json_text_or_null(call->stop_reason));
    entry_set(object, "service_tier", json_text_or_null(call->service_tier));
}

static void set_repetition(json_t *object, const struct call *call)
{
    entry_set(object, "retry_of", call->retry_of ? json_hex(call->retry_of) : json_null());
    entry_set(object, "wait_seconds", json_seconds(call->wait_ns));
    if (call->retry_of)
        entry_set(object, "retried_by", json_string(call->by_sdk ? "client" : "script"));
}

static void set_wire(json_t *object, const struct call *call)
{
    entry_set(object, "request_id", json_text_or_null(call->request_id));
    if (call->message_id.len)
        entry_set(object, "message_id", json_text(call->message_id));
    if (call->stdin_bytes)
        entry_set(object, "stdin_bytes", json_integer((json_int_t)call->stdin_bytes));
    if (call->stdout_bytes)
        entry_set(object, "stdout_bytes", json_integer((json_int_t)call->stdout_bytes));
    if (call->session.len)
        entry_set(object, "session_id", json_text(call->session));
    if (call->timed) { /* of the program's connection, encrypted */
        entry_set(object, "time_source", json_string("connection"));
        entry_set(object, "sent_bytes", json_count(call->sent_bytes));
        entry_set(object, "received_bytes", json_count(call->received_bytes));
    }
    if (call->source != CALL_TLS && call->source != CALL_PLAIN)
        return;
    entry_set(object, "host", json_text_or_null(call->host));
    entry_set(object, "endpoint", json_text_or_null(call->endpoint));
    entry_set(object, "streaming", json_boolean(call->streaming));
    entry_set(object, "sent_bytes", json_count(call->sent_bytes));
    entry_set(object, "received_bytes", json_count(call->received_bytes));
}

static json_t *call_row(const struct log *log, const struct call *call, int64_t so_far)
{
    json_t *object = json_object();
    entry_set(object, "call_id", json_hex(call->key));
    entry_set(object, "timestamp", json_time(log, call->start_ns));
    entry_set(object, "model_used", json_text_or_null(call->model_used));
    entry_set(object, "model_requested", json_text_or_null(call->model));
    set_usage(object, call);
    set_outcome(log, object, call);
    set_wire(object, call);
    set_repetition(object, call);
    entry_set(object, "stage", json_text_or_null(call->stage));
    entry_set(object, "scene", json_text_or_null(call->scene));
    entry_set(object, "attempt_id", call->attempt ? json_hex(call->attempt) : json_null());
    entry_set(object, "pid", json_integer(call->pid));
    entry_set(object, "running_cost_usd", json_dollars(so_far));
    entry_set_report(log, object, &call->report);
    entry_set_rule(object, call->rule);
    entry_sign(object);
    return object;
}

json_t *section_calls(const struct log *log)
{
    json_t *list = json_array();
    struct cost_sum so_far = {0};
    VEC_EACH (const struct call, call, &log->story->calls) {
        cost_sum_add(&so_far, call);
        json_array_append_new(list, call_row(log, call, so_far.cost));
    }
    return list;
}
