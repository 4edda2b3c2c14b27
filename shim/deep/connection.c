/* The one way in: connections, each with the protocol that its first bytes show. */
#include "deep/arena.h"
#include "deep/http1.h"

#include <string.h>

struct deep_connection {
    bool lost;
    char host[320];
    struct http1 http1;
};

static struct deep_connection *connection_open(void *owner, const char *host)
{
    struct deep_connection *c = arena_take(sizeof *c);
    if (!c)
        return NULL;
    size_t n = strnlen(host, sizeof c->host - 1);
    memcpy(c->host, host, n);
    http1_begin(&c->http1, owner, c->host);
    return c;
}

static void connection_feed(struct deep_connection *c, enum deep_direction way, const void *bytes, size_t n)
{
    if (c->lost)
        return;
    if (!http1_feed(&c->http1, way, bytes, n)) {
        http1_end(&c->http1, true, true);
        c->lost = true;
    }
}

static void connection_close(struct deep_connection *c, bool aborted)
{
    if (!c->lost)
        http1_end(&c->http1, false, aborted);
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
