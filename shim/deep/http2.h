/* HTTP/2 on one connection (RFC 9113): frames and streams here, HPACK by nghttp2. From the first byte on. */
#ifndef DEEP_HTTP2_H
#define DEEP_HTTP2_H

#include "deep/call.h"

#include <nghttp2/nghttp2.h>

#define HTTP2_STREAMS 128u /* open at a time; more are not seen */
#define HTTP2_HEAD    9u
#define HTTP2_PREFIX  6u /* of a payload: padding's length, priority */

struct http2_side {
    nghttp2_hd_inflater *hpack;
    unsigned preface; /* bytes of the client's preface that are still to come */
    uint8_t head[HTTP2_HEAD], prefix[HTTP2_PREFIX];
    unsigned head_bytes, prefix_bytes, prefix_wanted;
    uint8_t type, flags;
    uint32_t stream, left, padding; /* left: of the payload, padding included */
    uint32_t block_stream;          /* whose header block goes on in CONTINUATION frames */
    bool block_ends_stream;
    unsigned method_bytes;
    char method[CALL_METHOD];
};

struct http2_stream {
    uint32_t id; /* 0: free */
    struct call *call;
    bool answered; /* its final headers came */
};

struct http2 {
    void *owner;
    const char *host;
    bool lost;
    struct http2_side sent, received;
    struct http2_stream streams[HTTP2_STREAMS];
};

/* False: no memory. */
bool http2_begin(struct http2 *, void *owner, const char *host);
/* False: this is not HTTP/2; nothing more is understood. */
bool http2_feed(struct http2 *, enum deep_direction, const char *bytes, size_t n);
void http2_end(struct http2 *, bool lost);

#endif
