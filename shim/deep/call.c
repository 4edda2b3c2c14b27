/* Fields of request and answer by the paths of the Messages API. */
#include "deep/call.h"

#include "deep/arena.h"
#include "deep/inflate.h"
#include "vl/event.h"

#include <string.h>

static struct deep_text text_of(const char *s) { return (struct deep_text){s, strlen(s)}; }

static void copy(char *to, size_t room, const char *from, size_t bytes)
{
    size_t n = bytes < room - 1 ? bytes : room - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

static uint64_t number_of(const char *text, size_t bytes)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < bytes && text[i] >= '0' && text[i] <= '9' && v < UINT64_MAX / 16; i++)
        v = v * 10 + (uint64_t)(text[i] - '0');
    return i > 0 && (i == bytes || text[i] == '.') ? v : DEEP_UNKNOWN;
}

/* ---- the request ---- */

static bool request_wants(void *owner, const char *path)
{
    (void)owner;
    return strcmp(path, "model") == 0 || strcmp(path, "stream") == 0 || strcmp(path, "max_tokens") == 0;
}

static void request_value(void *owner, const char *path, const char *text, size_t bytes, bool is_string)
{
    struct call *c = owner;
    if (strcmp(path, "model") == 0 && is_string)
        copy(c->model, sizeof c->model, text, bytes);
    else if (strcmp(path, "stream") == 0)
        c->streaming = strcmp(text, "true") == 0;
    else if (strcmp(path, "max_tokens") == 0)
        c->max_tokens = number_of(text, bytes);
}

static const struct json_user request_user = {request_wants, request_value};

/* ---- the answer: a message, an error, or an event that holds one ---- */

static const struct field {
    const char *path;
    size_t number, text, room; /* offsets in struct call; number: of a count */
} fields[] = {
#define NUMBER(p, member)                                                                                    \
    {                                                                                                        \
        p, offsetof(struct call, member), 0, 0                                                               \
    }
#define TEXT(p, member)                                                                                      \
    {                                                                                                        \
        p, 0, offsetof(struct call, member), sizeof((struct call *)0)->member                                \
    }
    NUMBER("usage.input_tokens", usage.input_tokens),
    NUMBER("usage.output_tokens", usage.output_tokens),
    NUMBER("usage.cache_read_input_tokens", usage.cache_read_tokens),
    NUMBER("usage.cache_creation_input_tokens", cache_write_tokens),
    NUMBER("usage.cache_creation.ephemeral_5m_input_tokens", usage.cache_write_5m_tokens),
    NUMBER("usage.cache_creation.ephemeral_1h_input_tokens", usage.cache_write_1h_tokens),
    NUMBER("usage.server_tool_use.web_search_requests", usage.web_searches),
    NUMBER("usage.server_tool_use.web_fetch_requests", usage.web_fetches),
    TEXT("usage.service_tier", tier),
    TEXT("id", message_id),
    TEXT("model", answered_model),
    TEXT("stop_reason", stop),
    TEXT("error.type", error_type),
    TEXT("error.message", error_message),
    TEXT("request_id", request_id),
    TEXT("type", event_type),
#undef NUMBER
#undef TEXT
};

/* message_start wraps its message, message_delta what changed. */
static const struct field *field_at(const char *path)
{
    if (strncmp(path, "message.", 8) == 0 && strcmp(path, "message.type") != 0)
        path += 8;
    else if (strncmp(path, "delta.stop", 10) == 0)
        path += 6;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

static bool response_wants(void *owner, const char *path)
{
    (void)owner;
    return field_at(path) != NULL;
}

static void response_value(void *owner, const char *path, const char *text, size_t bytes, bool is_string)
{
    struct call *c = owner;
    const struct field *f = field_at(path);
    if (!f)
        return;
    if (f->room == 0 && !is_string) {
        uint64_t v = number_of(text, bytes);
        if (v != DEEP_UNKNOWN) /* null names nothing */
            *(uint64_t *)((char *)c + f->number) = v;
    } else if (f->room > 0 && is_string) {
        copy((char *)c + f->text, f->room, text, bytes);
    }
    if (strncmp(f->path, "error", 5) != 0 && strcmp(f->path, "type") != 0)
        c->usage_news = true;
}

static const struct json_user response_user = {response_wants, response_value};

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

static void tell_error(struct call *c)
{
    if (!c->error_type[0] || c->error_told)
        return;
    struct deep_error e = {c->stream, text_of(c->error_type), text_of(c->error_message)};
    deep_host->error(c->owner, &e);
    c->error_told = true;
}

/* One JSON text of the answer is whole. */
static void document_end(void *owner)
{
    struct call *c = owner;
    if (c->first_token_ticks == 0 && strcmp(c->event_type, "content_block_delta") == 0)
        c->first_token_ticks = deep_host->ticks();
    c->event_type[0] = '\0';
    tell_usage(c);
    tell_error(c);
}

/* ---- from the protocol ---- */

struct call *call_begin(void *owner, const char *host, uint64_t stream)
{
    struct call *c = arena_take(sizeof *c);
    if (!c)
        return NULL;
    c->owner = owner;
    c->host = host;
    c->stream = stream;
    c->max_tokens = c->attempt = c->cache_write_tokens = DEEP_UNKNOWN;
    c->usage = (struct deep_usage){.input_tokens = DEEP_UNKNOWN,
                                   .output_tokens = DEEP_UNKNOWN,
                                   .cache_write_5m_tokens = DEEP_UNKNOWN,
                                   .cache_write_1h_tokens = DEEP_UNKNOWN,
                                   .cache_read_tokens = DEEP_UNKNOWN,
                                   .web_searches = DEEP_UNKNOWN,
                                   .web_fetches = DEEP_UNKNOWN};
    json_begin(&c->request, &request_user, c);
    json_begin(&c->response, &response_user, c);
    sse_begin(&c->sse, &c->response, document_end, c);
    return c;
}

void call_end(struct call *c, unsigned how)
{
    call_request_end(c);
    if (c->response_body == CALL_SSE) {
        sse_end(&c->sse);
    } else if (c->response_body == CALL_JSON) {
        json_end(&c->response);
        document_end(c);
    }
    tell_usage(c);
    struct deep_end e = {c->stream, how, c->first_token_ticks, c->sent_bytes, c->received_bytes};
    deep_host->end(c->owner, &e);
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
    copy(c->target + method_bytes + 1, sizeof c->target - method_bytes - 1, path, n);
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
        c->attempt = number_of(value, bytes);
}

void call_request_body(struct call *c, const char *bytes, size_t n)
{
    c->body_bytes += n;
    if (c->request_body == CALL_JSON)
        json_feed(&c->request, bytes, n);
}

void call_request_end(struct call *c)
{
    if (c->request_told)
        return;
    c->request_told = true;
    struct deep_request r = {c->stream,    text_of(c->host), text_of(c->target), text_of(c->model),
                             c->streaming, c->max_tokens,    c->attempt,         c->body_bytes};
    deep_host->request(c->owner, &r);
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

void call_response_header(struct call *c, const char *name, const char *value, size_t bytes)
{
    if (is_kept(name))
        keep_header(c, name, value, bytes);
    if (strcmp(name, "request-id") == 0)
        copy(c->request_id, sizeof c->request_id, value, bytes);
    else if (strcmp(name, "content-type") == 0)
        c->response_body = contains(value, bytes, "text/event-stream") ? CALL_SSE
                           : contains(value, bytes, "json")            ? CALL_JSON
                                                                       : CALL_SKIP;
    else if (strcmp(name, "content-encoding") == 0 && !c->inflate &&
             !inflate_begin(&c->inflate, value, bytes))
        c->response_body = CALL_SKIP;
}

void call_response_begin(struct call *c)
{
    call_request_end(c);
    struct deep_response r = {c->stream, c->status, text_of(c->request_id), {c->headers, c->headers_bytes}};
    deep_host->response(c->owner, &r);
}

static void decoded(void *owner, const char *bytes, size_t n)
{
    struct call *c = owner;
    if (c->response_body == CALL_SSE)
        sse_feed(&c->sse, bytes, n);
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
