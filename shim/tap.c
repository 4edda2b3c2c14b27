/* Which session is a listed host's, and its bytes to the parser. */
#include "tap.h"

#include "clock.h"
#include "deep.h"
#include "names.h"
#include "raw.h"
#include "vl/event.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define SETS  64u
#define WAYS  8u
#define TURNS 64 /* for which a thread waits that meets another */

enum { NEW, OTHER_HOST, IDLE, FEEDING, LOST };

static TABLE struct tap_connection table[SETS][WAYS];
static uint64_t last_number; /* atomic */

static struct tap_connection *set_of(const void *session)
{
    uint64_t h = (uint64_t)(uintptr_t)session * 0x9e3779b97f4a7c15ull;
    return table[h >> 58];
}

static struct tap_connection *find(const void *session)
{
    struct tap_connection *set = set_of(session);
    for (unsigned i = 0; i < WAYS; i++)
        if (__atomic_load_n(&set[i].session, __ATOMIC_ACQUIRE) == session)
            return &set[i];
    return NULL;
}

bool tap_is_unread(const void *session)
{
    const struct tap_connection *c = find(session);
    return c && __atomic_load_n(&c->state, __ATOMIC_RELAXED) == OTHER_HOST;
}

/* A free place, else that of a host that is not listed: asking again costs time only. */
static struct tap_connection *claim(void *session)
{
    struct tap_connection *set = set_of(session);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < WAYS; i++) {
            void *old = __atomic_load_n(&set[i].session, __ATOMIC_RELAXED);
            bool usable = pass == 0 ? !old : __atomic_load_n(&set[i].state, __ATOMIC_RELAXED) == OTHER_HOST;
            if (!usable || !__atomic_compare_exchange_n(&set[i].session, &old, session, false,
                                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
                continue;
            __atomic_store_n(&set[i].state, NEW, __ATOMIC_RELEASE);
            return &set[i];
        }
    }
    return NULL;
}

static uint64_t next_number(void)
{
    uint64_t last = __atomic_load_n(&last_number, __ATOMIC_RELAXED), next;
    do {
        uint64_t now = clock_ticks();
        next = now > last ? now : last + 1;
    } while (
        !__atomic_compare_exchange_n(&last_number, &last, next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return next;
}

/* The other end of a descriptor; one system call, once per session. */
static bool endpoint_of(int fd, struct endpoint *e)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    *e = (struct endpoint){0};
    return fd >= 0 && raw(SYS_getpeername, fd, &address, &length) == 0 &&
           names_endpoint((struct sockaddr *)&address, (socklen_t)length, e);
}

static void append_port(struct endpoint *e)
{
    char digits[8];
    size_t at = sizeof digits;
    unsigned port = e->port;
    if (port == 0)
        return; /* not known */
    digits[--at] = '\0';
    do
        digits[--at] = (char)('0' + port % 10);
    while ((port /= 10) > 0);
    e->host[e->bytes] = ':';
    memcpy(e->host + e->bytes + 1, digits + at, sizeof digits - at);
}

/* The name that was asked for counts, and where none was, what the address was resolved from. */
static bool is_listed(struct tap_peer peer, struct endpoint *e)
{
    bool known = endpoint_of(peer.fd, e);
    size_t n = peer.name ? strnlen(peer.name, NAMES_BYTES) : 0;
    if (n > 0 && n < NAMES_BYTES) {
        memcpy(e->host, peer.name, n + 1);
        e->bytes = n;
        known = true;
        e->port = e->port ? e->port : names_port(e->host);
    }
    if (!known || !names_listed(e))
        return false;
    append_port(e);
    return true;
}

/* Settles what a new session is, and takes it. */
static void decide(struct tap_connection *c, tap_ask ask)
{
    struct endpoint e;
    uint8_t state = OTHER_HOST;
    const struct deep *deep = NULL;
    const struct tap_peer peer = ask(c->session);
    if (is_listed(peer, &e)) {
        deep = deep_get();
        c->number = next_number();
        c->via = peer.plain ? VL_API_PLAIN : VL_API_TLS;
        c->parser = deep ? deep->open(c, e.host) : NULL;
        state = c->parser ? IDLE : LOST;
    }
    __atomic_store_n(&c->state, state, __ATOMIC_RELEASE);
}

static void close_parser(struct tap_connection *c, bool aborted)
{
    const struct deep *deep = c->parser ? deep_get() : NULL;
    if (deep)
        deep->close(c->parser, aborted);
    c->parser = NULL;
}

/* Both directions at once, by two threads: the other one is done within microseconds. A signal handler that
 * met its own thread gives up in the end. */
static bool take_turn(struct tap_connection *c)
{
    for (int i = 0; i < TURNS; i++) {
        uint8_t idle = IDLE;
        if (__atomic_compare_exchange_n(&c->state, &idle, FEEDING, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
        if (idle != FEEDING)
            return false;
        raw(SYS_sched_yield);
    }
    __atomic_store_n(&c->state, LOST, __ATOMIC_RELEASE);
    return false;
}

static void end_turn(struct tap_connection *c)
{
    uint8_t feeding = FEEDING; /* else somebody gave it up meanwhile */
    if (!__atomic_compare_exchange_n(&c->state, &feeding, IDLE, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        close_parser(c, true);
}

/* The other end may have it before the call that sends returns. */
static __thread uint64_t sent_since;

uint64_t tap_ticks(void) { return sent_since ? sent_since : clock_ticks(); }

void tap_feed(void *session, tap_ask ask, enum deep_direction way, const void *bytes, size_t n,
              uint64_t since)
{
    struct tap_connection *c = find(session);
    if (likely(c && __atomic_load_n(&c->state, __ATOMIC_RELAXED) == OTHER_HOST))
        return;
    int kept = errno;
    if (!c && (c = claim(session)))
        decide(c, ask);
    if (c && take_turn(c)) {
        const struct deep *deep = deep_get();
        sent_since = way == DEEP_SENT ? since : 0;
        if (deep)
            deep->feed(c->parser, way, bytes, n);
        sent_since = 0;
        end_turn(c);
    }
    errno = kept;
}

static void free_place(struct tap_connection *c)
{
    c->parser = NULL;
    __atomic_store_n(&c->state, NEW, __ATOMIC_RELAXED);
    __atomic_store_n(&c->session, NULL, __ATOMIC_RELEASE);
}

/* Nothing leads to a connection without TLS any more: plain.c's marks are of the parent. */
void tap_begin_child(void)
{
    for (unsigned i = 0; i < SETS * WAYS; i++) {
        struct tap_connection *c = &table[0][0] + i;
        if (!c->session || __atomic_load_n(&c->state, __ATOMIC_RELAXED) == OTHER_HOST)
            continue;
        if (c->via == VL_API_PLAIN)
            free_place(c);
        else
            __atomic_store_n(&c->state, LOST, __ATOMIC_RELAXED);
    }
}

void tap_lose(void *session)
{
    struct tap_connection *c = find(session);
    if (!c)
        return;
    uint8_t before = IDLE;
    if (__atomic_compare_exchange_n(&c->state, &before, LOST, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        close_parser(c, true);
    else if (before == FEEDING)
        __atomic_store_n(&c->state, LOST, __ATOMIC_RELEASE);
}

void tap_forget(void *session, bool aborted)
{
    struct tap_connection *c = find(session);
    if (!c)
        return;
    int kept = errno;
    if (__atomic_load_n(&c->state, __ATOMIC_ACQUIRE) ==
        IDLE) /* of another, its parser is given up or not ours */
        close_parser(c, aborted);
    free_place(c);
    errno = kept;
}
