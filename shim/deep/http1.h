/* HTTP/1.0 and 1.1 on one connection: requests in their order, answers to them in the same. */
#ifndef DEEP_HTTP1_H
#define DEEP_HTTP1_H

#include "deep/call.h"

#define HTTP1_LINE  8192u /* a longer header is read over */
#define HTTP1_CALLS 32u   /* requests that wait for their answer */
#define HTTP1_HELD  (256u << 10)

struct http1_side {
    uint8_t state;
    bool chunked, has_length, skip_line;
    uint64_t left; /* of a body or chunk */
    size_t line_bytes;
    char line[HTTP1_LINE];
};

struct http1 {
    void *owner;
    const char *host;
    uint64_t streams;
    unsigned first, calls; /* a ring of those that are open */
    struct call *open[HTTP1_CALLS];
    struct call *asking; /* whose request is not whole yet */
    bool lost, tunnel, interim;
    char *held; /* what was received before its question was seen whole; NULL: nothing */
    size_t held_bytes;
    bool hurried; /* nothing is held any more */
    struct http1_side sent, received;
};

void http1_begin(struct http1 *, void *owner, const char *host);
/* False: this is not HTTP, or a tunnel; nothing more is understood. */
bool http1_feed(struct http1 *, enum deep_direction, const char *bytes, size_t n);
/* Calls that are still open end here. aborted: what was to last until the close did not. */
void http1_end(struct http1 *, bool lost, bool aborted);

#endif
