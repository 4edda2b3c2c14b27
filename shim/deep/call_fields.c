/* Which fields of request and answer are kept, by the paths of the Messages API. */
#include "deep/call.h"

#include <string.h>

void call_copy(char *to, size_t room, const char *from, size_t bytes)
{
    size_t n = bytes < room - 1 ? bytes : room - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

uint64_t call_number(const char *text, size_t bytes)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < bytes && text[i] >= '0' && text[i] <= '9' && v < UINT64_MAX / 16; i++)
        v = v * 10 + (uint64_t)(text[i] - '0');
    return i > 0 && (i == bytes || text[i] == '.') ? v : DEEP_UNKNOWN;
}

/* ---- the request ---- */

static enum json_wish request_wants(void *owner, const char *path)
{
    (void)owner;
    bool wanted =
        strcmp(path, "model") == 0 || strcmp(path, "stream") == 0 || strcmp(path, "max_tokens") == 0;
    return wanted ? JSON_KEEP : JSON_SKIP;
}

static void request_value(void *owner, const char *path, const char *text, size_t bytes, bool is_string)
{
    struct call *c = owner;
    if (strcmp(path, "model") == 0 && is_string)
        call_copy(c->model, sizeof c->model, text, bytes);
    else if (strcmp(path, "stream") == 0)
        c->streaming = strcmp(text, "true") == 0;
    else if (strcmp(path, "max_tokens") == 0)
        c->max_tokens = call_number(text, bytes);
}

const struct json_user call_request_fields = {request_wants, request_value, NULL};

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
    TEXT("error.status", error_type), /* Vertex */
    TEXT("message", error_message),   /* Bedrock; its type is a header */
    TEXT("error.message", error_message),
    TEXT("error.details.error_code", error_code),
    TEXT("request_id", request_id),
    TEXT("type", event_type),
#undef NUMBER
#undef TEXT
};

/* message_start wraps its message, message_delta what changed, a line of a batch both. */
static const struct field *field_at(const char *path)
{
    if (strncmp(path, "result.", 7) == 0)
        path += strncmp(path, "result.error.", 13) == 0 ? 13 : 7;
    if (strncmp(path, "message.", 8) == 0 && strcmp(path, "message.type") != 0)
        path += 8;
    else if (strncmp(path, "delta.stop", 10) == 0)
        path += 6;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

static enum json_wish response_wants(void *owner, const char *path)
{
    (void)owner;
    return field_at(path) ? JSON_KEEP : JSON_SKIP;
}

static void response_value(void *owner, const char *path, const char *text, size_t bytes, bool is_string)
{
    struct call *c = owner;
    const struct field *f = field_at(path);
    if (!f)
        return;
    if (f->room == 0 && !is_string) {
        uint64_t v = call_number(text, bytes);
        if (v != DEEP_UNKNOWN) /* null names nothing */
            *(uint64_t *)((char *)c + f->number) = v;
    } else if (f->room > 0 && is_string) {
        call_copy((char *)c + f->text, f->room, text, bytes);
    }
    if (strncmp(f->path, "usage", 5) == 0 || f->text == offsetof(struct call, stop))
        c->usage_news = true;
}

const struct json_user call_response_fields = {response_wants, response_value, NULL};
