/* The one way in: connections, each with the protocol that its first bytes show. */
#include "deep/arena.h"
#include "deep/http1.h"
#include "deep/http2.h"

#include <string.h>

#define TOLD_APART 3u /* bytes: no method of HTTP/1 begins with PRI */

enum protocol { UNDECIDED, HTTP1, HTTP2, LOST };

struct deep_connection {
    void *owner;
    enum protocol protocol;
    unsigned first_bytes; /* that were sent and wait for the decision */
    char first[TOLD_APART];
    char host[320];
    union {
        struct http1 http1;
        struct http2 http2;
    } as;
};

static struct deep_connection *connection_open(void *owner, const char *host)
{
    struct deep_connection *c = arena_take(sizeof *c);
    if (!c)
        return NULL;
    c->owner = owner;
    memcpy(c->host, host, strnlen(host, sizeof c->host - 1));
    return c;
}

static void end_protocol(struct deep_connection *c, bool lost, bool aborted)
{
    if (c->protocol == HTTP1)
        http1_end(&c->as.http1, lost, aborted);
    else if (c->protocol == HTTP2)
        http2_end(&c->as.http2, lost);
    c->protocol = LOST;
}

static void pass_on(struct deep_connection *c, enum deep_direction way, const char *bytes, size_t n)
{
    bool good = c->protocol == HTTP1   ? http1_feed(&c->as.http1, way, bytes, n)
                : c->protocol == HTTP2 ? http2_feed(&c->as.http2, way, bytes, n)
                                       : true;
    if (!good)
        end_protocol(c, true, true);
}

static void decide(struct deep_connection *c, enum protocol protocol)
{
    c->protocol = protocol;
    if (protocol == HTTP1)
        http1_begin(&c->as.http1, c->owner, c->host);
    else if (!http2_begin(&c->as.http2, c->owner, c->host))
        end_protocol(c, true, true);
    pass_on(c, DEEP_SENT, c->first, c->first_bytes);
}

/* How many bytes it took. A server that speaks first speaks HTTP/2, but for an answer that overtakes its
 * question. */
static size_t look_at_first(struct deep_connection *c, enum deep_direction way, const char *bytes, size_t n)
{
    if (way == DEEP_RECEIVED) {
        decide(c, bytes[0] == 'H' ? HTTP1 : HTTP2);
        return 0;
    }
    size_t i = 0;
    while (i < n && c->first_bytes < TOLD_APART)
        c->first[c->first_bytes++] = bytes[i++];
    if (c->first_bytes == TOLD_APART)
        decide(c, memcmp(c->first, "PRI", TOLD_APART) == 0 ? HTTP2 : HTTP1);
    return i;
}

static void connection_feed(struct deep_connection *c, enum deep_direction way, const void *bytes, size_t n)
{
    size_t used = c->protocol == UNDECIDED ? look_at_first(c, way, bytes, n) : 0;
    if (used < n)
        pass_on(c, way, (const char *)bytes + used, n - used);
}

static void connection_close(struct deep_connection *c, bool aborted)
{
    end_protocol(c, false, aborted);
    arena_give(c);
}

static const struct deep deep = {DEEP_VERSION, connection_open, connection_feed, connection_close};

__attribute__((visibility("default"))) const struct deep *vldeep_begin(const struct deep_host *host)
{
    if (host->version != DEEP_VERSION)
        return NULL;
    arena_begin(host);
    return &deep;
}
