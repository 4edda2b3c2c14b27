/* What libvldeep.so does for libvlshim.so: plaintext of a connection in, calls of the Claude API out.
 *
 * The recorder loads it once, at the first connection to a listed host, and calls vldeep_begin. It keeps
 * nothing of the program's: its memory comes from deep_host.map, in blocks that are never given back, and its
 * libraries allocate from that arena. It opens no file, prints nothing, and never changes, holds up or keeps
 * what passes by: of a body only the few fields below are kept, and what was copied to parse them is wiped.
 *
 * One connection is fed by one thread at a time; the recorder sees to that. Not from a signal handler. Memory
 * a connection takes is bounded; beyond the bound the connection is given up, and told with deep_end.how. */
#ifndef DEEP_DEEP_H
#define DEEP_DEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEEP_VERSION 1
#define DEEP_UNKNOWN UINT64_MAX /* a number that the call did not name */

enum deep_direction { DEEP_SENT, DEEP_RECEIVED };

/* Not terminated; any bytes. Lives until the function that it was given to returns. */
struct deep_text {
    const char *at;
    size_t bytes;
};

/* stream: HTTP/2's id, or the number of the request on an HTTP/1 connection, from 1; of a message in a
 * batch's results the number of its line stands above (times 2^32). */
struct deep_request {
    uint64_t stream;
    struct deep_text host, endpoint, model; /* endpoint: method and path without its query */
    bool streaming;
    uint64_t max_tokens, attempt, body_bytes; /* attempt: x-stainless-retry-count */
    uint64_t begin_ticks;                     /* deep_host.ticks when its first bytes were sent */
};

/* headers: "name: value\n" lines of those allowed in docs/DATA_ON_DISK.md, names in lower case. */
struct deep_response {
    uint64_t stream;
    unsigned status;
    struct deep_text request_id, headers;
};

/* Cumulative: the last one counts. */
struct deep_usage {
    uint64_t stream;
    struct deep_text message_id, model, service_tier, stop_reason;
    uint64_t input_tokens, output_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens;
    uint64_t web_searches, web_fetches;
};

struct deep_error {
    uint64_t stream;
    struct deep_text type, message;
};

/* how: enum vl_api_end of vl/event.h. first_token_ticks: deep_host.ticks then; 0: none came. */
struct deep_end {
    uint64_t stream;
    unsigned how;
    uint64_t begin_ticks, first_token_ticks, sent_bytes, received_bytes;
};

struct deep_content {
    uint64_t stream, offset;
    enum deep_direction way;
    struct deep_text piece;
};

/* What the recorder gives. The functions are called from within deep.feed and deep.close, on their thread. */
struct deep_host {
    unsigned version;
    void *(*map)(size_t bytes); /* fresh zeroed pages, or NULL */
    uint64_t (*ticks)(void);
    void (*request)(void *owner, const struct deep_request *);
    void (*response)(void *owner, const struct deep_response *);
    void (*usage)(void *owner, const struct deep_usage *);
    void (*error)(void *owner, const struct deep_error *);
    void (*end)(void *owner, const struct deep_end *);
    /* VLSHIM_CAPTURE=content only, else NULL: a piece of a decoded body, and how much of it came before.
     * Bodies that cannot be decoded are left out. */
    void (*content)(void *owner, const struct deep_content *);
};

struct deep_connection;

struct deep {
    unsigned version;
    /* NULL: no memory. host: as the connection was made, "name:port". */
    struct deep_connection *(*open)(void *owner, const char *host);
    /* The next bytes in that direction, in order, none left out. */
    void (*feed)(struct deep_connection *, enum deep_direction, const void *bytes, size_t n);
    /* The connection ended; aborted: by a reset or an error. Calls still open end here; the memory is used
     * again. */
    void (*close)(struct deep_connection *, bool aborted);
};

/* The one symbol that is exported. NULL: the versions do not fit. */
const struct deep *vldeep_begin(const struct deep_host *);

#endif
