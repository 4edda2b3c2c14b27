/* A frame: lengths of it and of its headers, a checksum, headers, payload, a checksum. */
#include "deep/eventstream.h"

#include <string.h>

#define HEAD_BYTES  12u
#define TAIL_BYTES  4u
#define FRAME_MOST  (16u << 20) /* the format's own bound */
#define KIND_STRING 7u

enum { HEAD, NAME_LENGTH, NAME, KIND, VALUE_HIGH, VALUE_LOW, VALUE, PAYLOAD, TAIL };

/* ---- payloads ---- */

static unsigned letter(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

static void give_group(struct eventstream *e, unsigned bytes)
{
    const char out[3] = {(char)(e->group >> 16), (char)(e->group >> 8), (char)e->group};
    json_feed(e->inner, out, bytes);
    e->group = e->group_bytes = 0;
}

static void base64_piece(void *owner, const char *text, size_t bytes)
{
    struct eventstream *e = owner;
    for (size_t i = 0; i < bytes; i++) {
        unsigned v = letter(text[i]);
        if (v > 63)
            continue; /* = at the end: end_frame gives what came before */
        e->group = e->group << 6 | v;
        if (++e->group_bytes == 4)
            give_group(e, 3);
    }
}

static enum json_wish wants(void *owner, const char *path)
{
    (void)owner;
    return strcmp(path, "bytes") == 0 ? JSON_PASS : strcmp(path, "message") == 0 ? JSON_KEEP : JSON_SKIP;
}

static void value(void *owner, const char *path, const char *text, size_t bytes, bool is_string)
{
    struct eventstream *e = owner;
    (void)path;
    if (is_string)
        memcpy(e->message, text, bytes + 1);
}

static const struct json_user payload_user = {wants, value, base64_piece};

/* ---- frames ---- */

static void begin_frame(struct eventstream *e)
{
    e->state = HEAD;
    e->at = 0;
    e->is_exception = false;
    e->group = e->group_bytes = 0;
    e->type[0] = e->message[0] = '\0';
}

void eventstream_begin(struct eventstream *e, struct json *inner, const struct eventstream_user *user,
                       void *owner)
{
    memset(e, 0, sizeof *e);
    e->user = user;
    e->owner = owner;
    e->inner = inner;
    json_begin(&e->outer, &payload_user, e);
    begin_frame(e);
}

static void end_frame(struct eventstream *e)
{
    json_end(&e->outer);
    if (e->group_bytes > 1) {
        unsigned bytes = e->group_bytes - 1u;
        e->group <<= 6 * (4 - e->group_bytes);
        give_group(e, bytes);
    }
    json_end(e->inner);
    if (e->is_exception)
        e->user->exception(e->owner, e->type, e->message);
    else
        e->user->event(e->owner);
    begin_frame(e);
}

static uint32_t number_at(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void head_byte(struct eventstream *e, uint8_t c)
{
    e->head[e->at - 1] = c;
    if (e->at < HEAD_BYTES)
        return;
    uint32_t whole = number_at(e->head), headers = number_at(e->head + 4);
    e->broken =
        whole > FRAME_MOST || whole < HEAD_BYTES + TAIL_BYTES || headers > whole - HEAD_BYTES - TAIL_BYTES;
    e->headers_end = HEAD_BYTES + headers;
    e->end = whole;
    e->payload_end = whole - TAIL_BYTES;
    e->state = NAME_LENGTH;
}

/* A header's text grows; what does not fit is dropped. */
static void put(struct eventstream *e, char *to, uint8_t c)
{
    if (e->text_bytes + 1 < EVENTSTREAM_NAME)
        to[e->text_bytes++] = (char)c;
    to[e->text_bytes] = '\0';
}

static void end_header(struct eventstream *e)
{
    e->state = NAME_LENGTH;
    if (strcmp(e->name, ":message-type") == 0)
        e->is_exception = strcmp(e->text, "event") != 0;
    else if (strcmp(e->name, ":exception-type") == 0 || strcmp(e->name, ":error-code") == 0)
        memcpy(e->type, e->text, sizeof e->type);
    else if (strcmp(e->name, ":error-message") == 0)
        memcpy(e->message, e->text, sizeof e->text);
}

/* The kinds' lengths in bytes: flags, integers, bytes and texts with a length of their own, time, UUID. */
static void begin_value(struct eventstream *e, uint8_t kind)
{
    static const uint8_t lengths[] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 16};
    e->broken = kind >= sizeof lengths;
    e->value_kind = kind;
    e->text_bytes = 0;
    e->text[0] = '\0';
    e->left = e->broken ? 0 : lengths[kind];
    e->state = kind == KIND_STRING || kind == KIND_STRING - 1 ? VALUE_HIGH : VALUE;
    if (e->state == VALUE && e->left == 0)
        end_header(e);
}

static void header_byte(struct eventstream *e, uint8_t c)
{
    switch (e->state) {
    case NAME_LENGTH:
        e->left = c;
        e->text_bytes = 0;
        e->name[0] = '\0';
        e->state = c > 0 ? NAME : KIND;
        break;
    case NAME:
        put(e, e->name, c);
        e->state = --e->left > 0 ? NAME : KIND;
        break;
    case KIND:
        begin_value(e, c);
        break;
    case VALUE_HIGH:
        e->left = (uint32_t)c << 8;
        e->state = VALUE_LOW;
        break;
    case VALUE_LOW:
        e->left |= c;
        e->state = VALUE;
        if (e->left == 0)
            end_header(e);
        break;
    default:
        if (e->value_kind == KIND_STRING)
            put(e, e->text, c);
        if (--e->left == 0)
            end_header(e);
    }
}

/* How many bytes it took: of a payload many, else one. */
static size_t step(struct eventstream *e, const char *bytes, size_t n)
{
    if (e->state != HEAD && e->at >= e->headers_end && e->at < e->payload_end) {
        size_t room = e->payload_end - e->at, run = n < room ? n : room;
        json_feed(&e->outer, bytes, run);
        e->at += (uint32_t)run;
        return run;
    }
    e->at++;
    if (e->state == HEAD)
        head_byte(e, (uint8_t)*bytes);
    else if (e->at <= e->headers_end)
        header_byte(e, (uint8_t)*bytes);
    if (e->state != HEAD && e->at == e->end)
        end_frame(e);
    return 1;
}

void eventstream_feed(struct eventstream *e, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && !e->broken;)
        i += step(e, bytes + i, n - i);
}
