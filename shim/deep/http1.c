/* Lines, headers and the four ways in which a body ends (RFC 9112). */
#include "deep/http1.h"

#include "deep/arena.h"
#include "vl/event.h"

#include <string.h>

enum { START_LINE, HEADERS, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILERS, UNTIL_CLOSE };

void http1_begin(struct http1 *h, void *owner, const char *host)
{
    memset(h, 0, sizeof *h);
    h->owner = owner;
    h->host = host;
}

static struct call *answering(const struct http1 *h) { return h->calls > 0 ? h->open[h->first] : NULL; }

static void end_answer(struct http1 *h, unsigned how)
{
    struct call *c = answering(h);
    if (!c)
        return;
    if (h->asking == c)
        h->asking = NULL;
    h->open[h->first] = NULL;
    h->first = (h->first + 1) % HTTP1_CALLS;
    h->calls--;
    call_end(c, how);
}

static struct http1_side *side_of(struct http1 *h, enum deep_direction way)
{
    return way == DEEP_SENT ? &h->sent : &h->received;
}

/* The message in that direction is whole. */
static void end_message(struct http1 *h, enum deep_direction way)
{
    struct http1_side *s = side_of(h, way);
    s->state = START_LINE;
    if (way == DEEP_RECEIVED) {
        if (!h->interim)
            end_answer(h, VL_API_COMPLETE);
    } else if (h->asking) {
        call_request_end(h->asking);
        h->asking = NULL;
    }
}

/* ---- start lines ---- */

/* whole: else its end, with the version, did not fit. */
static void request_line(struct http1 *h, const char *line, size_t n, bool whole)
{
    const char *space = memchr(line, ' ', n);
    const char *path = space ? space + 1 : NULL;
    const char *end = path ? memchr(path, ' ', n - (size_t)(path - line)) : NULL;
    bool versioned = end && n - (size_t)(end - line) >= 9 && memcmp(end, " HTTP/1.", 8) == 0;
    if (path && !end && !whole)
        end = line + n;
    if (!end || (whole && !versioned) || h->calls == HTTP1_CALLS) {
        h->lost = true;
        return;
    }
    bool connects = (size_t)(space - line) == 7 && memcmp(line, "CONNECT", 7) == 0;
    struct call *c = connects ? NULL : call_begin(h->owner, h->host, ++h->streams);
    if (!c) {
        h->lost = true;
        return;
    }
    c->sent_bytes = n + 2;
    call_target(c, line, (size_t)(space - line), path, (size_t)(end - path));
    h->open[(h->first + h->calls++) % HTTP1_CALLS] = c;
    h->asking = c;
}

static void status_line(struct http1 *h, const char *line, size_t n)
{
    struct call *c = answering(h);
    if (!c || n < 12 || memcmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ') {
        h->lost = true;
        return;
    }
    unsigned status = 0;
    for (size_t i = 9; i < 12; i++)
        status = status * 10 + (unsigned)(line[i] - '0') % 10;
    h->interim = status >= 100 && status < 200;
    h->tunnel = status == 101;
    call_status(c, status);
}

static void start_line(struct http1 *h, enum deep_direction way, const char *line, size_t n, bool whole)
{
    struct http1_side *s = side_of(h, way);
    if (n == 0)
        return; /* an empty line before a request is allowed */
    s->chunked = s->has_length = false;
    s->left = 0;
    s->state = HEADERS;
    if (way == DEEP_SENT)
        request_line(h, line, n, whole);
    else
        status_line(h, line, n);
}

/* ---- headers ---- */

static void framing_header(struct http1_side *s, const char *name, const char *value, size_t bytes)
{
    if (strcmp(name, "transfer-encoding") == 0)
        s->chunked = memmem(value, bytes, "chunked", 7) != NULL;
    if (strcmp(name, "content-length") != 0)
        return;
    s->left = 0;
    s->has_length = bytes > 0;
    for (size_t i = 0; i < bytes && s->left < UINT64_MAX / 16; i++)
        s->left = s->left * 10 + (uint64_t)(value[i] - '0') % 10;
}

static void header_line(struct http1 *h, enum deep_direction way, char *line, size_t n)
{
    char *colon = memchr(line, ':', n);
    if (!colon)
        return;
    *colon = '\0';
    for (char *p = line; p < colon; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 32);
    const char *value = colon + 1, *end = line + n;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    size_t bytes = (size_t)(end - value);
    framing_header(side_of(h, way), line, value, bytes);
    if (way == DEEP_SENT && h->asking)
        call_request_header(h->asking, line, value, bytes);
    else if (way == DEEP_RECEIVED && answering(h) && !h->interim)
        call_response_header(answering(h), line, value, bytes);
}

static void choose_body(struct http1 *h, enum deep_direction way, bool may_have_none)
{
    struct http1_side *s = side_of(h, way);
    if (s->chunked)
        s->state = CHUNK_SIZE;
    else if (s->has_length && s->left > 0)
        s->state = BODY;
    else if (s->has_length || may_have_none)
        end_message(h, way);
    else
        s->state = UNTIL_CLOSE;
}

static void headers_end(struct http1 *h, enum deep_direction way)
{
    if (way == DEEP_SENT) {
        choose_body(h, way, true);
        return;
    }
    struct call *c = answering(h);
    if (h->interim || !c) {
        h->lost = h->tunnel || !c;
        h->received.state = START_LINE;
        return;
    }
    call_response_begin(c);
    if (c->is_head || c->status == 204 || c->status == 304)
        end_message(h, way);
    else
        choose_body(h, way, false);
}

/* ---- bodies ---- */

static void body(struct http1 *h, enum deep_direction way, const char *bytes, size_t n)
{
    if (way == DEEP_SENT && h->asking)
        call_request_body(h->asking, bytes, n);
    else if (way == DEEP_RECEIVED && answering(h))
        call_response_body(answering(h), bytes, n);
}

static unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    unsigned letter = (unsigned char)c | 32u;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

static void chunk_size(struct http1 *h, enum deep_direction way, const char *line, size_t n)
{
    struct http1_side *s = side_of(h, way);
    uint64_t size = 0;
    size_t i = 0;
    for (; i < n && size < UINT64_MAX / 32; i++) {
        unsigned digit = hex_digit(line[i]);
        if (digit > 15)
            break;
        size = size << 4 | digit;
    }
    h->lost = i == 0;
    s->left = size;
    s->state = size > 0 ? CHUNK_DATA : TRAILERS;
}

static void line_end(struct http1 *h, enum deep_direction way)
{
    struct http1_side *s = side_of(h, way);
    size_t n = s->line_bytes;
    if (n > 0 && s->line[n - 1] == '\r')
        n--;
    bool whole = !s->skip_line;
    s->line_bytes = 0;
    s->skip_line = false;
    switch (s->state) {
    case START_LINE:
        start_line(h, way, s->line, n, whole);
        break;
    case HEADERS:
        if (n == 0)
            headers_end(h, way);
        else if (whole)
            header_line(h, way, s->line, n);
        break;
    case CHUNK_SIZE:
        chunk_size(h, way, s->line, n);
        break;
    case CHUNK_END:
        s->state = CHUNK_SIZE;
        break;
    default: /* TRAILERS */
        if (n == 0)
            end_message(h, way);
    }
}

/* A request's first line is counted when there is a call to count it for. */
static void count(struct http1 *h, enum deep_direction way, size_t n)
{
    struct call *c = way == DEEP_SENT ? h->asking : answering(h);
    if (c)
        *(way == DEEP_SENT ? &c->sent_bytes : &c->received_bytes) += n;
}

static size_t take_line(struct http1 *h, enum deep_direction way, const char *bytes, size_t n)
{
    struct http1_side *s = side_of(h, way);
    const char *end = memchr(bytes, '\n', n);
    size_t run = end ? (size_t)(end - bytes) : n, room = HTTP1_LINE - s->line_bytes;
    if (run > room)
        s->skip_line = true;
    memcpy(s->line + s->line_bytes, bytes, run < room ? run : room);
    s->line_bytes += run < room ? run : room;
    count(h, way, end ? run + 1 : run);
    if (!end)
        return run;
    const size_t held = s->line_bytes;
    line_end(h, way);
    memset(s->line, 0, held); /* keys pass by in headers */
    return run + 1;
}

static size_t take_body(struct http1 *h, enum deep_direction way, const char *bytes, size_t n)
{
    struct http1_side *s = side_of(h, way);
    if (s->state == UNTIL_CLOSE) {
        count(h, way, n);
        body(h, way, bytes, n);
        return n;
    }
    size_t run = n < s->left ? n : (size_t)s->left;
    uint8_t state = s->state;
    count(h, way, run);
    body(h, way, bytes, run);
    s->left -= run;
    if (s->left == 0 && state == BODY)
        end_message(h, way);
    else if (s->left == 0)
        s->state = CHUNK_END;
    return run;
}

/* ---- answers that are seen before their question ---- */

/* Two threads may share a connection, and the one that reads may be back first. A server that answers early
 * waits as well. */
static bool waits(const struct http1 *h)
{
    return !h->hurried && h->received.state == START_LINE && (h->calls == 0 || h->asking == answering(h));
}

static void feed(struct http1 *h, enum deep_direction way, const char *bytes, size_t n);

/* Whatever is waited for still, up to the next answer for which it has to be. */
static void release(struct http1 *h)
{
    char *held = h->held;
    h->held = NULL;
    if (held)
        feed(h, DEEP_RECEIVED, held, h->held_bytes);
    arena_give(held);
}

static void hold(struct http1 *h, const char *bytes, size_t n)
{
    size_t before = h->held ? h->held_bytes : 0;
    char *room = before + n <= HTTP1_HELD ? arena_resize(h->held, before + n) : NULL;
    if (room) {
        memcpy(room + before, bytes, n);
        h->held = room;
        h->held_bytes = before + n;
        return;
    }
    h->hurried = true;
    release(h);
    feed(h, DEEP_RECEIVED, bytes, n);
}

static void feed(struct http1 *h, enum deep_direction way, const char *bytes, size_t n)
{
    struct http1_side *s = side_of(h, way);
    for (size_t i = 0; i < n && !h->lost;) {
        if (way == DEEP_RECEIVED && waits(h)) {
            hold(h, bytes + i, n - i);
            return;
        }
        bool in_body = s->state == BODY || s->state == CHUNK_DATA || s->state == UNTIL_CLOSE;
        i += in_body ? take_body(h, way, bytes + i, n - i) : take_line(h, way, bytes + i, n - i);
    }
}

bool http1_feed(struct http1 *h, enum deep_direction way, const char *bytes, size_t n)
{
    feed(h, way, bytes, n);
    if (way == DEEP_SENT && h->held && !waits(h))
        release(h);
    return !h->lost;
}

void http1_end(struct http1 *h, bool lost, bool aborted)
{
    h->hurried = true;
    if (h->calls > 0)
        release(h);
    arena_give(h->held);
    lost = lost || h->lost;
    if (!lost && !aborted && h->received.state == UNTIL_CLOSE && answering(h))
        end_answer(h, call_is_whole(answering(h)) ? VL_API_COMPLETE : VL_API_CUT);
    while (h->calls > 0)
        end_answer(h, lost ? VL_API_NOT_READ : VL_API_CUT);
}
