/* What a line of a transcript tells; made to be wrong in any way without harm. */
#include "read/transcripts/transcript_reader.h"

#include "vl/prompt.h"

#include <jansson.h>
#include <stdio.h>
#include <time.h>

#define MESSAGE_MAX 300 /* bytes of an error's message */

static struct str text_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static int64_t count_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    double number = json_number_value(value);
    return json_is_number(value) && number >= 0 && number < 1e15 ? (int64_t)number : -1;
}

/* 2026-11-23T08:00:00.123Z; INT64_MIN: it is none. */
static int64_t time_of(struct str text)
{
    char copy[40];
    struct tm tm = {0};
    int used = 0;
    if (text.len < 19 || text.len >= sizeof copy)
        return INT64_MIN;
    snprintf(copy, sizeof copy, STR_FMT, STR_ARG(text));
    if (sscanf(copy, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec, &used) != 6 ||
        tm.tm_year < 1970 || tm.tm_year > 2200)
        return INT64_MIN;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    int64_t ns = (int64_t)timegm(&tm) * 1000000000, unit = 100000000;
    const char *rest = copy + used;
    if (*rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10)
            ns += (*rest - '0') * unit;
    return ns;
}

static struct tokens tokens_of(const json_t *usage)
{
    struct tokens t = tokens_unknown();
    const json_t *split = json_object_get(usage, "cache_creation");
    const json_t *tools = json_object_get(usage, "server_tool_use");
    t.input = count_at(usage, "input_tokens");
    t.output = count_at(usage, "output_tokens");
    t.cache_read = count_at(usage, "cache_read_input_tokens");
    t.cache_write_5m = count_at(split, "ephemeral_5m_input_tokens");
    t.cache_write_1h = count_at(split, "ephemeral_1h_input_tokens");
    if (t.cache_write_5m < 0 && t.cache_write_1h < 0)
        t.cache_write_5m = count_at(usage, "cache_creation_input_tokens");
    t.web_searches = count_at(tools, "web_search_requests");
    t.web_fetches = count_at(tools, "web_fetch_requests");
    return t;
}

/* The client library wraps the API's error in errors of its own. */
static const json_t *innermost_error(const json_t *error)
{
    for (int depth = 0; depth < 8; depth++) {
        const json_t *inner = json_object_get(error, "error");
        if (!json_is_object(inner))
            break;
        error = inner;
    }
    return error;
}

/* "529 {"type":"error","error":{…}}": the answer's body as text. The caller gives the reference back; NULL:
 * none. */
static json_t *body_in(struct str message)
{
    ptrdiff_t at = str_find(message, STR("{"));
    struct str body = str_slice(message, at < 0 ? message.len : (size_t)at, message.len);
    return body.len ? json_loadb(body.ptr, body.len, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
}

static struct str first_of(struct str a, struct str b) { return a.len ? a : b; }

static void take_error(struct transcript_store *store, const json_t *root, struct session_row *row)
{
    const json_t *error = json_object_get(root, "error"), *inner = innermost_error(error);
    int64_t wait_ms = count_at(root, "retryInMs");
    json_t *body = body_in(text_at(inner, "message"));
    const json_t *told = body ? innermost_error(body) : inner;
    row->is_error = true;
    row->wait_ns = wait_ms < 0 ? -1 : wait_ms * 1000000;
    row->http_status = count_at(error, "status");
    row->request_id = first_of(text_at(error, "requestId"), text_at(body, "request_id"));
    row->error_type = text_at(told, "type");
    row->error_message =
        str_slice(first_of(text_at(told, "message"), text_at(inner, "message")), 0, MESSAGE_MAX);
    transcript_store_row(store, row);
    json_decref(body);
}

/* The last failure, which the program does not repeat, stands in the place of an answer. Its text is for
 * people. */
static void take_last_error(struct transcript_store *store, const json_t *root, struct session_row *row)
{
    row->http_status = count_at(root, "apiErrorStatus");
    if (!json_is_true(json_object_get(root, "isApiErrorMessage")) || row->http_status < 0)
        return;
    row->is_error = true;
    row->model = STR("");
    row->request_id = text_at(root, "requestId");
    row->error_type = text_at(root, "apiErrorType");
    row->error_message = text_at(root, "apiErrorCode");
    transcript_store_row(store, row);
}

static void take_answer(struct transcript_store *store, const json_t *root, struct session_row *row)
{
    const json_t *message = json_object_get(root, "message"), *usage = json_object_get(message, "usage");
    row->model = text_at(message, "model");
    if (str_equal(row->model, STR("<synthetic>"))) {
        take_last_error(store, root, row);
        return;
    }
    if (!json_is_object(usage))
        return;
    row->message_id = text_at(message, "id");
    row->request_id = text_at(root, "requestId");
    row->stop_reason = text_at(message, "stop_reason");
    row->service_tier = text_at(usage, "service_tier");
    row->tokens = tokens_of(usage);
    if (row->tokens.input >= 0 && row->tokens.output >= 0)
        transcript_store_row(store, row);
}

static void add_text(struct vec *texts, struct arena *arena, struct str text)
{
    if (text.len)
        *VEC_PUSH(arena, texts, struct str) = text;
}

static uint64_t hash_of(const struct vec *texts, uint64_t key, uint64_t *bytes)
{
    struct vl_prompt prompt;
    vl_prompt_begin(&prompt, key);
    VEC_EACH (const struct str, text, texts)
        vl_prompt_add(&prompt, text->ptr, text->len);
    *bytes = prompt.bytes;
    return vl_prompt_hash(prompt);
}

/* The first message of a user; its text is counted and hashed, and forgotten. */
static void take_prompt(struct transcript_store *store, const json_t *root, struct session *session,
                        const struct transcript_wish *wish)
{
    const json_t *message = json_object_get(root, "message"), *content = json_object_get(message, "content");
    struct arena *scratch = arena_new();
    struct vec texts = {0};
    uint64_t bytes = 0;
    add_text(&texts, scratch, text_at(message, "content"));
    for (size_t i = 0; i < json_array_size(content); i++)
        add_text(&texts, scratch, text_at(json_array_get(content, i), "text"));
    hash_of(&texts, 0, &bytes);
    session->prompt_bytes = (int64_t)bytes;
    VEC_EACH (const uint64_t, key, &wish->keys)
        transcript_store_hash(store, session, (struct session_hash){*key, hash_of(&texts, *key, &bytes)});
    arena_free(scratch);
}

static bool is_prompt(const json_t *root, const struct session *session, bool sidechain)
{
    return session->prompt_bytes < 0 && !sidechain && !json_is_true(json_object_get(root, "isMeta")) &&
           !json_object_get(root, "toolUseResult") && json_object_get(root, "message");
}

void transcript_line(struct transcript_store *store, struct str line, const struct transcript_wish *wish)
{
    json_t *root =
        json_loadb(line.ptr ? line.ptr : "", line.len, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL);
    struct str id = text_at(root, "sessionId"), type = text_at(root, "type");
    int64_t at_ns = time_of(text_at(root, "timestamp"));
    bool sidechain = json_is_true(json_object_get(root, "isSidechain"));
    if (id.len && at_ns != INT64_MIN) {
        struct session *session = transcript_store_session(store, id);
        struct session_row row = {.session = id, .at_ns = at_ns, .http_status = -1, .wait_ns = -1};
        row.sidechain = sidechain;
        row.tokens = tokens_unknown();
        session->host = session->host.len ? session->host : str_copy(store->arena, wish->host);
        transcript_store_see(store, session, at_ns, text_at(root, "cwd"));
        if (str_equal(type, STR("user")) && is_prompt(root, session, sidechain))
            take_prompt(store, root, session, wish);
        else if (str_equal(type, STR("assistant")))
            take_answer(store, root, &row);
        else if (str_equal(type, STR("system")) && str_equal(text_at(root, "subtype"), STR("api_error")))
            take_error(store, root, &row);
    }
    json_decref(root);
}
