/* For tap.c: what must reach the parsers, held against what does. The parsers are the real ones. */
#ifndef FUZZ_TAP_MODEL_H
#define FUZZ_TAP_MODEL_H

#include "deep.h"
#include "shim.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINKS       6u
#define FIRST_PLAIN 4u /* those before are sessions of libraries */
#define PARSERS     128u
#define FORKS       16u /* a mark of plain.c's means something again after 127 */
#define PIECES      8u

#define HOLD(condition) ((condition) ? (void)0 : failed(#condition, __FILE__, __LINE__))

enum state { UNDECIDED, LIVE, UNREAD, GIVEN_UP };

struct piece {
    unsigned link;
    enum deep_direction way;
    const uint8_t *bytes;
    size_t n;
};

static enum state state_of[LINKS];
static struct piece expected[PIECES];
static unsigned expected_n, met_n, forks;
static struct parser {
    struct deep_connection *of; /* NULL: free */
    bool orphan;                /* of a process before a fork */
} parsers[PARSERS];

static void *session_of(unsigned link); /* as the tap knows it */

static void failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    abort();
}

/* From now on until settle(), these bytes are to come by, in this order. */
static void expect(struct piece p)
{
    if (state_of[p.link] == UNDECIDED && p.link < FIRST_PLAIN)
        state_of[p.link] = LIVE;
    if (state_of[p.link] != LIVE || p.n == 0)
        return;
    HOLD(expected_n < PIECES);
    expected[expected_n++] = p;
}

static void give_up(unsigned link)
{
    if (state_of[link] == LIVE)
        state_of[link] = GIVEN_UP;
}

static void settle(void)
{
    HOLD(met_n == expected_n);
    met_n = expected_n = 0;
}

static struct parser *parser_of(const struct deep_connection *c)
{
    for (unsigned i = 0; i < PARSERS; i++)
        if (parsers[i].of == c)
            return &parsers[i];
    return NULL;
}

/* ---- the parsers, as the recorder sees them ---- */

static volatile uint64_t sum;

/* Every byte that is handed out can be read. */
static void look(struct deep_text t)
{
    for (size_t i = 0; i < t.bytes; i++)
        sum += (unsigned char)t.at[i];
}

static void on_request(void *owner, const struct deep_request *r)
{
    (void)owner;
    look(r->host);
    look(r->endpoint);
    look(r->model);
}

static void on_response(void *owner, const struct deep_response *r)
{
    (void)owner;
    look(r->request_id);
    look(r->headers);
}

static void on_usage(void *owner, const struct deep_usage *u)
{
    (void)owner;
    look(u->message_id);
    look(u->model);
    look(u->service_tier);
    look(u->stop_reason);
}

static void on_error(void *owner, const struct deep_error *e)
{
    (void)owner;
    look(e->type);
    look(e->message);
}

static void on_end(void *owner, const struct deep_end *e)
{
    (void)owner;
    sum += e->how;
}

static void on_content(void *owner, const struct deep_content *c)
{
    (void)owner;
    look(c->piece);
}

static void *map(size_t bytes) { return calloc(1, bytes); }
static uint64_t ticks(void) { return 1; }

static const struct deep *real_parsers(void)
{
    static const struct deep_host host = {DEEP_VERSION, map,      ticks,  on_request, on_response,
                                          on_usage,     on_error, on_end, on_content};
    static const struct deep *deep;
    return deep ? deep : (deep = vldeep_begin(&host));
}

static struct deep_connection *open_noted(void *owner, const char *host)
{
    struct parser *p = parser_of(NULL);
    HOLD(p);
    p->orphan = false;
    return p->of = real_parsers()->open(owner, host);
}

static void feed_noted(struct deep_connection *c, enum deep_direction way, const void *bytes, size_t n)
{
    HOLD(parser_of(c) && !parser_of(c)->orphan && met_n < expected_n);
    const struct piece *p = &expected[met_n++];
    HOLD(p->way == way && p->n == n && memcmp(p->bytes, bytes, n) == 0);
    real_parsers()->feed(c, way, bytes, n);
}

static void close_noted(struct deep_connection *c, bool aborted)
{
    HOLD(parser_of(c) && !parser_of(c)->orphan);
    parser_of(c)->of = NULL;
    real_parsers()->close(c, aborted);
}

const struct deep *deep_get(void)
{
    static const struct deep noted = {DEEP_VERSION, open_noted, feed_noted, close_noted};
    return &noted;
}

void deep_forbid(void) {}

/* ---- processes ---- */

/* What was open is another process's. False: enough of them. */
static bool model_fork(void)
{
    if (forks == FORKS)
        return false;
    forks++;
    for (unsigned i = 0; i < PARSERS; i++)
        parsers[i].orphan = true;
    for (unsigned i = 0; i < LINKS; i++)
        if (i >= FIRST_PLAIN)
            state_of[i] = UNREAD;
        else if (state_of[i] == LIVE)
            state_of[i] = GIVEN_UP;
    return true;
}

/* All connections are closed: nothing is left open but what another process has. */
static void model_end(void)
{
    for (unsigned i = 0; i < PARSERS; i++) {
        struct deep_connection *c = parsers[i].of;
        parsers[i].of = NULL;
        HOLD(!c || parsers[i].orphan);
        if (c)
            real_parsers()->close(c, true);
    }
    for (unsigned i = 0; i < FIRST_PLAIN; i++)
        HOLD(!tap_is_unread(session_of(i)));
    HOLD(shim.plain == 0);
    forks = 0;
}

#endif
