/* Rows of errors and calls of the Claude API. */
#include "emit/entry.h"
#include "emit/tables/tables_rows.h"

void rows_errors(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct log, log, &run->logs)
        VEC_EACH (const struct group, group, log->groups)
            VEC_EACH (const struct variant, variant, &group->variants) {
                const struct failure *example = variant->example;
                PUT_ROW(errors, .fingerprint = cell_key(variant->fingerprint),
                        .video = cell_text(log->story->video->name), .stage = cell_text(example->stage),
                        .category = cell_text(group->category), .message = cell_text(example->message),
                        .occurrences = cell_number(variant->count),
                        .first_seen = cell_time(variant->first_ns), .last_seen = cell_time(variant->last_ns),
                        .fixable = cell_flag(example->fixable),
                        .auto_recoverable = cell_flag(example->auto_recoverable),
                        .suggested_fix = cell_text(example->fix), .stack_trace = cell_text(example->trace));
            }
}

static void put_call(struct table_sink *sink, const struct table *table, const struct conclusion *run,
                     const struct log *log, const struct call *call)
{
    const struct tokens *tokens = &call->tokens;
    const struct failure *failure = entry_failure(log, call->failure);
    struct str error = call->success                         ? STR("")
                       : call->error_message.len || !failure ? call->error_message
                                                             : failure->message;
    PUT_ROW(calls, .call_id = cell_key(call->key), .video = cell_text(log->story->video->name),
            .stage = cell_text(call->stage), .scene = cell_text(call->scene),
            .attempt_id = cell_key(call->attempt),
            .process_id = cell_key(call->node == NONE ? 0 : tree_node(&run->tree, call->node)->key),
            .start_time = cell_time(call->start_ns), .end_time = cell_time(call->end_ns),
            .model = cell_text(call->model_used.len ? call->model_used : call->model),
            .input_tokens = cell_count(tokens->input), .output_tokens = cell_count(tokens->output),
            .cache_creation_tokens = cell_count(tokens_cache_creation(tokens)),
            .cache_read_tokens = cell_count(tokens->cache_read), .cost_usd = cell_dollars(call->cost),
            .response_seconds = cell_seconds(call->response_ns),
            .first_token_seconds = cell_seconds(call->first_token_ns), .success = cell_flag(call->success),
            .http_status = cell_count(call->http_status), .error_type = cell_text(call->error_type),
            .error_message = cell_text(error), .stop_reason = cell_text(call->stop_reason),
            .rate_limited = cell_flag(call_rate_limited(call, failure)), .retry_of = cell_key(call->retry_of),
            .wait_seconds = cell_seconds(call->wait_ns), .source = cell_word(call_source_word(call->source)),
            .usage = cell_word(call_usage_word(call->usage)), .request_id = cell_text(call->request_id));
}

void rows_calls(struct table_sink *sink, const struct table *table, const struct conclusion *run)
{
    VEC_EACH (const struct log, log, &run->logs)
        VEC_EACH (const struct call, call, &log->story->calls)
            put_call(sink, table, run, log, call);
}
