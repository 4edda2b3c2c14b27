/* A frame reader around nghttp2's HPACK: what the traffic's own ends negotiate is of no concern here. */
#include "deep/http2.h"

#include "deep/arena.h"
#include "vl/event.h"

#include <string.h>

#define PREFACE_BYTES   24u /* "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" */
#define FLAG_END_STREAM 0x1u
#define FLAG_END_BLOCK  0x4u
#define FLAG_PADDED     0x8u
#define FLAG_PRIORITY   0x20u
#define TABLE_SIZE      0x1u
#define TABLE_MOST      65536u

static void *take(size_t bytes, void *nothing)
{
    (void)nothing;
    return arena_take(bytes);
}

static void *take_items(size_t items, size_t bytes, void *nothing)
{
    (void)nothing;
    return arena_take(items * bytes);
}

static void *resize(void *memory, size_t bytes, void *nothing)
{
    (void)nothing;
    return arena_resize(memory, bytes);
}

static void give(void *memory, void *nothing)
{
    (void)nothing;
    arena_give(memory);
}

bool http2_begin(struct http2 *h, void *owner, const char *host)
{
    static nghttp2_mem memory = {NULL, take, give, take_items, resize}; /* nghttp2 keeps the pointer */
    memset(h, 0, sizeof *h);
    h->owner = owner;
    h->host = host;
    h->sent.preface = PREFACE_BYTES;
    return nghttp2_hd_inflate_new2(&h->sent.hpack, &memory) == 0 &&
           nghttp2_hd_inflate_new2(&h->received.hpack, &memory) == 0;
}

static struct http2_stream *stream_of(struct http2 *h, uint32_t id)
{
    for (unsigned i = 0; i < HTTP2_STREAMS; i++)
        if (h->streams[i].id == id)
            return &h->streams[i];
    return NULL;
}

/* The stream of a frame; a request's headers begin one. */
static struct http2_stream *stream_for(struct http2 *h, enum deep_direction way, uint32_t id)
{
    if (id == 0)
        return NULL;
    struct http2_stream *s = stream_of(h, id);
    if (s || way != DEEP_SENT)
        return s;
    s = stream_of(h, 0);
    struct call *call = s ? call_begin(h->owner, h->host, id) : NULL;
    if (!call)
        return NULL;
    *s = (struct http2_stream){.id = id, .call = call};
    return s;
}

static void end_stream(struct http2_stream *s, unsigned how)
{
    struct call *call = s->call;
    *s = (struct http2_stream){0};
    call_end(call, how);
}

/* ---- header blocks ---- */

static bool is(const nghttp2_nv *nv, const char *name)
{
    return nv->namelen == strlen(name) && memcmp(nv->name, name, nv->namelen) == 0;
}

static void request_field(struct http2_side *side, struct http2_stream *s, const nghttp2_nv *nv)
{
    const char *value = (const char *)nv->value;
    if (is(nv, ":method")) {
        side->method_bytes = nv->valuelen < CALL_METHOD ? (unsigned)nv->valuelen : CALL_METHOD;
        memcpy(side->method, value, side->method_bytes);
    } else if (is(nv, ":path")) { /* every client sends the method first */
        call_target(s->call, side->method, side->method_bytes, value, nv->valuelen);
    } else {
        call_request_header(s->call, (const char *)nv->name, value, nv->valuelen);
    }
}

static void response_field(struct http2_stream *s, const nghttp2_nv *nv)
{
    if (s->answered)
        return; /* a trailer */
    if (is(nv, ":status")) {
        unsigned status = 0;
        for (size_t i = 0; i < nv->valuelen && i < 3; i++)
            status = status * 10 + (unsigned)(nv->value[i] - '0') % 10;
        call_status(s->call, status);
    } else if (s->call->status >= 200) {
        call_response_header(s->call, (const char *)nv->name, (const char *)nv->value, nv->valuelen);
    }
}

static void read_block(struct http2 *h, enum deep_direction way, const uint8_t *bytes, size_t n, bool last)
{
    struct http2_side *side = way == DEEP_SENT ? &h->sent : &h->received;
    struct http2_stream *s = stream_for(h, way, side->block_stream);
    for (int flags = 0; n > 0 || last;) {
        nghttp2_nv nv;
        ssize_t used = nghttp2_hd_inflate_hd2(side->hpack, &nv, &flags, bytes, n, last);
        if (used < 0) {
            h->lost = true;
            return;
        }
        bytes += used;
        n -= (size_t)used;
        bool field = flags & NGHTTP2_HD_INFLATE_EMIT;
        if (field && s && way == DEEP_SENT)
            request_field(side, s, &nv);
        else if (field && s)
            response_field(s, &nv);
        if (flags & NGHTTP2_HD_INFLATE_FINAL) {
            nghttp2_hd_inflate_end_headers(side->hpack);
            return;
        }
        if (!field && n == 0)
            return;
        flags = 0;
    }
}

static void end_block(struct http2 *h, enum deep_direction way)
{
    struct http2_side *side = way == DEEP_SENT ? &h->sent : &h->received;
    struct http2_stream *s = stream_of(h, side->block_stream);
    read_block(h, way, (const uint8_t *)"", 0, true);
    if (s && side->block_stream != 0 && way == DEEP_SENT && side->block_ends_stream)
        call_request_end(s->call);
    if (s && side->block_stream != 0 && way == DEEP_RECEIVED) {
        if (!s->answered && s->call->status >= 200) {
            s->answered = true;
            call_response_begin(s->call);
        }
        if (side->block_ends_stream)
            end_stream(s, VL_API_COMPLETE);
    }
    side->block_stream = 0;
}

/* ---- frames ---- */

/* A setting that the one end announces bounds what the other end's encoder does. Only growth is taken over: a
 * smaller table is announced again by the encoder itself, and one that is larger than our bound seldom is. */
static void read_setting(struct http2 *h, enum deep_direction way, const uint8_t *entry)
{
    uint32_t value = (uint32_t)entry[2] << 24 | (uint32_t)entry[3] << 16 | (uint32_t)entry[4] << 8 | entry[5];
    nghttp2_hd_inflater *hpack = way == DEEP_SENT ? h->received.hpack : h->sent.hpack;
    if ((entry[0] << 8 | entry[1]) != TABLE_SIZE || value <= NGHTTP2_DEFAULT_HEADER_TABLE_SIZE)
        return;
    if (nghttp2_hd_inflate_change_table_size(hpack, value < TABLE_MOST ? value : TABLE_MOST) != 0)
        h->lost = true;
}

static void begin_payload(struct http2 *h, struct http2_side *side)
{
    const uint8_t *b = side->head;
    side->left = (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];
    side->type = b[3];
    side->flags = b[4];
    side->stream = ((uint32_t)b[5] << 24 | (uint32_t)b[6] << 16 | (uint32_t)b[7] << 8 | b[8]) & 0x7fffffffu;
    side->prefix_bytes = side->prefix_wanted = 0;
    side->padding = 0;
    bool block = side->type == NGHTTP2_HEADERS || side->type == NGHTTP2_PUSH_PROMISE;
    if ((block || side->type == NGHTTP2_DATA) && side->flags & FLAG_PADDED)
        side->prefix_wanted++;
    if (side->type == NGHTTP2_HEADERS && side->flags & FLAG_PRIORITY)
        side->prefix_wanted += 5;
    if (side->type == NGHTTP2_PUSH_PROMISE)
        side->prefix_wanted += 4;
    if (block) { /* a promised stream has no request of the client's: its block is read and dropped */
        side->block_stream = side->type == NGHTTP2_HEADERS ? side->stream : 0;
        side->block_ends_stream = side->type == NGHTTP2_HEADERS && side->flags & FLAG_END_STREAM;
    }
    h->lost = side->prefix_wanted > side->left;
}

static void take_prefix(struct http2 *h, struct http2_side *side, uint8_t byte)
{
    side->prefix[side->prefix_bytes++] = byte;
    side->left--;
    if (side->prefix_bytes == 1 && side->flags & FLAG_PADDED && side->type != NGHTTP2_SETTINGS) {
        side->padding = byte;
        h->lost = side->padding + side->prefix_wanted - 1 > side->left;
    }
}

static void data(struct http2 *h, enum deep_direction way, uint32_t id, const char *bytes, size_t n)
{
    struct http2_stream *s = id != 0 ? stream_of(h, id) : NULL;
    if (!s)
        return;
    if (way == DEEP_SENT)
        call_request_body(s->call, bytes, n);
    else
        call_response_body(s->call, bytes, n);
}

static void content(struct http2 *h, enum deep_direction way, const char *bytes, size_t n)
{
    struct http2_side *side = way == DEEP_SENT ? &h->sent : &h->received;
    switch (side->type) {
    case NGHTTP2_DATA:
        data(h, way, side->stream, bytes, n);
        break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_PUSH_PROMISE:
    case NGHTTP2_CONTINUATION:
        read_block(h, way, (const uint8_t *)bytes, n, false);
        break;
    case NGHTTP2_GOAWAY:
        for (size_t i = 0; i < n && side->prefix_bytes < 4; i++)
            side->prefix[side->prefix_bytes++] = (uint8_t)bytes[i];
        break;
    case NGHTTP2_SETTINGS:
        for (size_t i = 0; i < n; i++) {
            side->prefix[side->prefix_bytes++] = (uint8_t)bytes[i];
            if (side->prefix_bytes == HTTP2_PREFIX) {
                read_setting(h, way, side->prefix);
                side->prefix_bytes = 0;
            }
        }
        break;
    }
}

/* The server will not answer what came after the stream that it names. */
static void refuse_later(struct http2 *h, const struct http2_side *side)
{
    const uint8_t *b = side->prefix;
    uint32_t last = ((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]) & 0x7fffffffu;
    for (unsigned i = 0; i < HTTP2_STREAMS && side->prefix_bytes == 4; i++)
        if (h->streams[i].id > last)
            end_stream(&h->streams[i], VL_API_RESET);
}

static void end_frame(struct http2 *h, enum deep_direction way)
{
    struct http2_side *side = way == DEEP_SENT ? &h->sent : &h->received;
    struct http2_stream *s = side->stream != 0 ? stream_of(h, side->stream) : NULL;
    bool block = side->type == NGHTTP2_HEADERS || side->type == NGHTTP2_PUSH_PROMISE ||
                 side->type == NGHTTP2_CONTINUATION;
    side->head_bytes = 0;
    if (side->type == NGHTTP2_GOAWAY && way == DEEP_RECEIVED)
        refuse_later(h, side);
    if (block && side->flags & FLAG_END_BLOCK)
        end_block(h, way);
    else if (s && side->type == NGHTTP2_RST_STREAM)
        end_stream(s, VL_API_RESET);
    else if (s && side->type == NGHTTP2_DATA && side->flags & FLAG_END_STREAM) {
        if (way == DEEP_SENT)
            call_request_end(s->call);
        else
            end_stream(s, VL_API_COMPLETE);
    }
}

static void count(struct http2 *h, enum deep_direction way, uint32_t id, size_t n)
{
    struct http2_stream *s = id != 0 ? stream_of(h, id) : NULL;
    if (s)
        *(way == DEEP_SENT ? &s->call->sent_bytes : &s->call->received_bytes) += n;
}

/* One step; how many bytes it used. */
static size_t step(struct http2 *h, enum deep_direction way, const char *bytes, size_t n)
{
    struct http2_side *side = way == DEEP_SENT ? &h->sent : &h->received;
    if (side->preface > 0) {
        side->preface--;
        return 1;
    }
    if (side->head_bytes < HTTP2_HEAD) {
        side->head[side->head_bytes++] = (uint8_t)bytes[0];
        if (side->head_bytes == HTTP2_HEAD) {
            begin_payload(h, side);
            if (side->left == 0 && !h->lost)
                end_frame(h, way);
        }
        return 1;
    }
    size_t used = 1;
    if (side->prefix_bytes < side->prefix_wanted) {
        take_prefix(h, side, (uint8_t)bytes[0]);
    } else {
        size_t wanted = side->left > side->padding ? side->left - side->padding : side->left;
        used = n < wanted ? n : wanted;
        if (side->left > side->padding)
            content(h, way, bytes, used);
        side->left -= (uint32_t)used;
    }
    count(h, way, side->stream, used);
    if (side->left == 0 && !h->lost)
        end_frame(h, way);
    return used;
}

bool http2_feed(struct http2 *h, enum deep_direction way, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && !h->lost;)
        i += step(h, way, bytes + i, n - i);
    return !h->lost;
}

void http2_end(struct http2 *h, bool lost)
{
    for (unsigned i = 0; i < HTTP2_STREAMS; i++)
        if (h->streams[i].id != 0)
            end_stream(&h->streams[i], lost ? VL_API_NOT_READ : VL_API_CUT);
    nghttp2_hd_inflate_del(h->sent.hpack);
    nghttp2_hd_inflate_del(h->received.hpack);
}
