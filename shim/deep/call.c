/* What the protocols hand in, to the readers of its bodies. */
#include "deep/call.h"

#include "deep/arena.h"
#include "deep/endpoint.h"
#include "deep/inflate.h"

#include <string.h>

static void on_exception(void *owner, const char *type, const char *message)
{
    struct call *c = owner;
    call_copy(c->error_type, sizeof c->error_type, type, strlen(type));
    call_copy(c->error_message, sizeof c->error_message, message, strlen(message));
    call_document_end(c);
}

static const struct eventstream_user events_user = {call_document_end, on_exception};

struct call *call_begin(void *owner, const char *host, uint64_t stream)
{
    struct call *c = arena_take(sizeof *c);
    if (!c)
        return NULL;
    c->owner = owner;
    c->host = host;
    c->stream = stream;
    c->begin_ticks = deep_host->ticks();
    c->max_tokens = c->attempt = DEEP_UNKNOWN;
    call_clear_answer(c);
    json_begin(&c->request, &call_request_fields, c);
    json_begin(&c->response, &call_response_fields, c);
    sse_begin(&c->sse, &c->response, call_document_end, c);
    eventstream_begin(&c->events, &c->response, &events_user, c);
    return c;
}

bool call_is_whole(const struct call *c)
{
    if (c->response_body == CALL_SSE || c->response_body == CALL_EVENTS)
        return c->stopped || c->error_told;
    if (c->response_body == CALL_JSON)
        return c->response.depth == 0 && c->response.state == 0 && !c->response.broken;
    return true;
}

void call_end(struct call *c, unsigned how)
{
    call_request_end(c);
    if (c->response_body == CALL_SSE) {
        sse_end(&c->sse);
    } else if (c->response_body == CALL_JSON || c->response_body == CALL_LINES) {
        json_end(&c->response);
        call_document_end(c);
    }
    call_tell_end(c, how);
    inflate_end(c->inflate);
    arena_give(c);
}

void call_target(struct call *c, const char *method, size_t method_bytes, const char *path, size_t path_bytes)
{
    const char *query = memchr(path, '?', path_bytes);
    size_t n = query ? (size_t)(query - path) : path_bytes;
    c->is_head = method_bytes == 4 && memcmp(method, "HEAD", 4) == 0;
    if (method_bytes > CALL_METHOD)
        method_bytes = CALL_METHOD;
    memcpy(c->target, method, method_bytes);
    c->target[method_bytes] = ' ';
    call_copy(c->target + method_bytes + 1, sizeof c->target - method_bytes - 1, path, n);
    struct endpoint e = endpoint_read(path, n, c->model, sizeof c->model);
    c->streaming = e.streaming;
    c->batch_results = e.batch_results;
}

static size_t before(const char *value, size_t bytes, char end)
{
    const char *found = memchr(value, end, bytes);
    return found ? (size_t)(found - value) : bytes;
}

static bool contains(const char *value, size_t bytes, const char *word)
{
    return memmem(value, bytes, word, strlen(word)) != NULL;
}

void call_request_header(struct call *c, const char *name, const char *value, size_t bytes)
{
    if (strcmp(name, "content-type") == 0 && contains(value, bytes, "json"))
        c->request_body = CALL_JSON;
    else if (strcmp(name, "content-encoding") == 0 && !contains(value, bytes, "identity"))
        c->request_body = CALL_SKIP; /* no client is known that does so */
    else if (strcmp(name, "x-stainless-retry-count") == 0)
        c->attempt = call_number(value, bytes);
}

static void show(struct call *c, enum deep_direction way, uint64_t *offset, const char *bytes, size_t n)
{
    if (deep_host->content)
        deep_host->content(c->owner, &(struct deep_content){c->stream, *offset, way, {bytes, n}});
    *offset += n;
}

void call_request_body(struct call *c, const char *bytes, size_t n)
{
    if (c->request_body != CALL_SKIP)
        show(c, DEEP_SENT, &c->shown[DEEP_SENT], bytes, n);
    c->body_bytes += n;
    if (c->request_body == CALL_JSON)
        json_feed(&c->request, bytes, n);
}

void call_request_end(struct call *c)
{
    if (c->request_told)
        return;
    c->request_told = true;
    call_tell_request(c);
}

void call_status(struct call *c, unsigned status) { c->status = status; }

static bool is_kept(const char *name)
{
    static const char *const kept[] = {"retry-after",   "retry-after-ms",   "x-should-retry",
                                       "content-type",  "content-encoding", "transfer-encoding",
                                       "content-length"};
    if (strncmp(name, "anthropic-ratelimit-", 20) == 0)
        return true;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcmp(kept[i], name) == 0)
            return true;
    return false;
}

static void keep_header(struct call *c, const char *name, const char *value, size_t bytes)
{
    size_t n = strlen(name);
    if (n + bytes + 3 > sizeof c->headers - c->headers_bytes)
        return;
    char *p = c->headers + c->headers_bytes;
    memcpy(p, name, n);
    memcpy(p + n, ": ", 2);
    memcpy(p + n + 2, value, bytes);
    p[n + 2 + bytes] = '\n';
    c->headers_bytes += n + bytes + 3;
}

static enum call_body body_of(const struct call *c, const char *value, size_t bytes)
{
    if (c->batch_results)
        return CALL_LINES;
    if (contains(value, bytes, "text/event-stream"))
        return CALL_SSE;
    if (contains(value, bytes, "vnd.amazon.eventstream"))
        return CALL_EVENTS;
    return contains(value, bytes, "json") ? CALL_JSON : CALL_SKIP;
}

void call_response_header(struct call *c, const char *name, const char *value, size_t bytes)
{
    if (is_kept(name))
        keep_header(c, name, value, bytes);
    if (strcmp(name, "request-id") == 0 || strcmp(name, "x-amzn-requestid") == 0)
        call_copy(c->request_id, sizeof c->request_id, value, bytes);
    else if (strcmp(name, "x-amzn-errortype") == 0) /* an address may follow it */
        call_copy(c->error_type, sizeof c->error_type, value, before(value, bytes, ':'));
    else if (strcmp(name, "content-type") == 0 && !c->undecodable)
        c->response_body = body_of(c, value, bytes);
    else if (strcmp(name, "content-encoding") == 0 && !c->inflate &&
             !inflate_begin(&c->inflate, value, bytes)) {
        c->undecodable = true;
        c->response_body = CALL_SKIP;
    }
}

void call_response_begin(struct call *c)
{
    call_request_end(c);
    call_tell_response(c);
}

/* A JSON text a line: each is a message of its own. */
static void feed_lines(struct call *c, const char *bytes, size_t n)
{
    while (n > 0) {
        size_t run = before(bytes, n, '\n');
        json_feed(&c->response, bytes, run);
        if (run == n)
            return;
        json_end(&c->response);
        call_document_end(c);
        bytes += run + 1;
        n -= run + 1;
    }
}

static void decoded(void *owner, const char *bytes, size_t n)
{
    struct call *c = owner;
    show(c, DEEP_RECEIVED, &c->shown[DEEP_RECEIVED], bytes, n);
    if (c->response_body == CALL_SSE)
        sse_feed(&c->sse, bytes, n);
    else if (c->response_body == CALL_EVENTS)
        eventstream_feed(&c->events, bytes, n);
    else if (c->response_body == CALL_LINES)
        feed_lines(c, bytes, n);
    else
        json_feed(&c->response, bytes, n);
}

void call_response_body(struct call *c, const char *bytes, size_t n)
{
    if (c->response_body == CALL_SKIP)
        return;
    if (!c->inflate)
        decoded(c, bytes, n);
    else if (!inflate_feed(c->inflate, bytes, n, decoded, c))
        c->response_body = CALL_SKIP;
}
