/* What is known of a call, told to the recorder. */
#include "deep/arena.h"
#include "deep/call.h"
#include "vl/event.h"

#include <string.h>

static struct deep_text text_of(const char *s) { return (struct deep_text){s, strlen(s)}; }

void call_clear_answer(struct call *c)
{
    c->usage = (struct deep_usage){.input_tokens = DEEP_UNKNOWN,
                                   .output_tokens = DEEP_UNKNOWN,
                                   .cache_write_5m_tokens = DEEP_UNKNOWN,
                                   .cache_write_1h_tokens = DEEP_UNKNOWN,
                                   .cache_read_tokens = DEEP_UNKNOWN,
                                   .web_searches = DEEP_UNKNOWN,
                                   .web_fetches = DEEP_UNKNOWN};
    c->cache_write_tokens = DEEP_UNKNOWN;
    c->message_id[0] = c->answered_model[0] = c->tier[0] = c->stop[0] = '\0';
    c->error_type[0] = c->error_message[0] = c->error_code[0] = c->event_type[0] = '\0';
    c->usage_news = c->error_told = false;
}

void call_tell_request(struct call *c)
{
    struct deep_request r = {.stream = c->stream,
                             .host = text_of(c->host),
                             .endpoint = text_of(c->target),
                             .model = text_of(c->model),
                             .streaming = c->streaming,
                             .max_tokens = c->max_tokens,
                             .attempt = c->attempt,
                             .body_bytes = c->body_bytes,
                             .begin_ticks = c->begin_ticks};
    deep_host->request(c->owner, &r);
}

void call_tell_response(struct call *c)
{
    struct deep_response r = {c->stream, c->status, text_of(c->request_id), {c->headers, c->headers_bytes}};
    deep_host->response(c->owner, &r);
}

static void tell_usage(struct call *c)
{
    struct deep_usage u = c->usage;
    /* Answers without the split by time: all of it counts as the shorter kind, the API's default. */
    if (u.cache_write_5m_tokens == DEEP_UNKNOWN && u.cache_write_1h_tokens == DEEP_UNKNOWN)
        u.cache_write_5m_tokens = c->cache_write_tokens;
    u.stream = c->stream;
    u.message_id = text_of(c->message_id);
    u.model = text_of(c->answered_model);
    u.service_tier = text_of(c->tier);
    u.stop_reason = text_of(c->stop);
    if (c->usage_news && (u.input_tokens != DEEP_UNKNOWN || u.output_tokens != DEEP_UNKNOWN))
        deep_host->usage(c->owner, &u);
    c->usage_news = false;
}

/* Some errors say what they are about by a code alone, a spending cap among them. */
static void append_code(struct call *c)
{
    size_t n = strlen(c->error_message), code = strlen(c->error_code);
    if (code == 0 || strstr(c->error_message, c->error_code) || n + code + 4 > sizeof c->error_message)
        return;
    memcpy(c->error_message + n, " (", 2);
    memcpy(c->error_message + n + 2, c->error_code, code);
    memcpy(c->error_message + n + 2 + code, ")", 2);
}

static void tell_error(struct call *c)
{
    bool failed = c->error_type[0] || (c->status >= 400 && c->error_message[0]);
    if (!failed || c->error_told)
        return;
    append_code(c);
    struct deep_error e = {c->stream, text_of(c->error_type), text_of(c->error_message)};
    deep_host->error(c->owner, &e);
    c->error_told = true;
}

/* A message of a batch is a call of its own: the number of its line stands above the download's. */
static void tell_line(struct call *c)
{
    const uint64_t stream = c->stream, sent = c->sent_bytes, received = c->received_bytes;
    c->stream = stream | ++c->lines << 32;
    c->sent_bytes = c->received_bytes = 0;
    if (!c->tier[0])
        call_copy(c->tier, sizeof c->tier, "batch", 5);
    if (c->usage_news || c->error_type[0]) {
        call_copy(c->model, sizeof c->model, c->answered_model, strlen(c->answered_model));
        call_tell_request(c);
        call_tell_response(c);
        tell_error(c);
        call_tell_end(c, VL_API_COMPLETE);
    }
    call_clear_answer(c);
    c->stream = stream;
    c->sent_bytes = sent;
    c->received_bytes = received;
}

void call_document_end(void *owner)
{
    struct call *c = owner;
    if (c->response_body == CALL_LINES) {
        tell_line(c);
        return;
    }
    if (c->first_token_ticks == 0 && strcmp(c->event_type, "content_block_delta") == 0)
        c->first_token_ticks = deep_host->ticks();
    c->stopped = c->stopped || c->stop[0] || strcmp(c->event_type, "message_stop") == 0;
    c->event_type[0] = '\0';
    tell_usage(c);
    tell_error(c);
}

void call_tell_end(struct call *c, unsigned how)
{
    tell_usage(c);
    struct deep_end e = {.stream = c->stream,
                         .how = how,
                         .begin_ticks = c->begin_ticks,
                         .first_token_ticks = c->first_token_ticks,
                         .sent_bytes = c->sent_bytes,
                         .received_bytes = c->received_bytes};
    deep_host->end(c->owner, &e);
}
