/* Which session is a listed host's, and its bytes to the parser. */
#include "tap.h"

#include "clock.h"
#include "deep.h"
#include "names.h"
#include "raw.h"
#include "stack.h"
#include "user_memory.h"
#include "vl/event.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SETS  64u
#define WAYS  8u
#define TURNS 64  /* for which a thread waits that meets another, */
#define NAPS  250 /* and then of 200 us each: the parsers are loaded, or a large piece is parsed */

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
static struct tap_connection *take_place(void *session)
{
    struct tap_connection *set = set_of(session);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < WAYS; i++) {
            void *old = __atomic_load_n(&set[i].session, __ATOMIC_RELAXED);
            bool usable = pass == 0 ? !old : __atomic_load_n(&set[i].state, __ATOMIC_RELAXED) == OTHER_HOST;
            if (!usable)
                continue;
            __atomic_store_n(&set[i].state, NEW, __ATOMIC_RELEASE);
            __atomic_store_n(&set[i].session, session, __ATOMIC_RELEASE);
            return &set[i];
        }
    }
    return NULL;
}

static int
    claiming; /* atomic; for some loads and stores. A fork's child frees it, others wait in vain once */

/* One place for a session, also where two threads come with its first bytes. *first: this one has to decide.
 */
static struct tap_connection *claim(void *session, bool *first)
{
    for (int i = 0; __atomic_exchange_n(&claiming, 1, __ATOMIC_ACQUIRE) != 0; i++) {
        if (i == TURNS)
            return NULL;
        raw(SYS_sched_yield);
    }
    struct tap_connection *c = find(session);
    *first = !c;
    if (!c)
        c = take_place(session);
    __atomic_store_n(&claiming, 0, __ATOMIC_RELEASE);
    return c;
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

/* The parsers, and what they tell, take more of the stack than a caller may have. */
struct closing {
    const struct deep *deep;
    struct deep_connection *parser;
    bool aborted;
};

static void close_there(void *closing)
{
    const struct closing *c = closing;
    c->deep->close(c->parser, c->aborted);
}

static void close_parser(struct tap_connection *c, bool aborted)
{
    const struct deep *deep = c->parser ? deep_get() : NULL;
    if (deep)
        stack_run(close_there, &(struct closing){deep, c->parser, aborted});
    c->parser = NULL;
}

struct feeding {
    const struct deep *deep;
    struct deep_connection *parser;
    enum deep_direction way;
    const void *bytes;
    size_t n;
};

static void feed_there(void *feeding_now)
{
    const struct feeding *f = feeding_now;
    f->deep->feed(f->parser, f->way, f->bytes, f->n);
}

/* Whose name it is takes room on the stack, which loading the parsers must not stand on. */
static __attribute__((noinline)) bool is_listed_peer(struct tap_peer peer)
{
    struct endpoint e;
    return is_listed(peer, &e);
}

static __attribute__((noinline)) void *open_parser(struct tap_connection *c, struct tap_peer peer,
                                                   const struct deep *deep)
{
    struct endpoint e;
    return is_listed(peer, &e) ? deep->open(c, e.host) : NULL;
}

/* Settles what a new session is, and takes it. */
static void decide(struct tap_connection *c, tap_ask ask)
{
    uint8_t state = OTHER_HOST;
    const struct tap_peer peer = ask(c->session);
    if (is_listed_peer(peer)) {
        const struct deep *deep = deep_get();
        c->number = next_number();
        c->via = peer.plain ? VL_API_PLAIN : VL_API_TLS;
        c->parser = deep ? open_parser(c, peer, deep) : NULL;
        state = c->parser ? IDLE : LOST;
    }
    uint8_t new = NEW; /* else somebody would not wait for it */
    if (!__atomic_compare_exchange_n(&c->state, &new, state, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        close_parser(c, true);
}

static __thread bool feeding; /* a signal handler may meet its own thread */

static void pause_for(int turn)
{
    const struct timespec nap = {0, 200000};
    if (turn < TURNS)
        raw(SYS_sched_yield);
    else
        raw(SYS_nanosleep, &nap, NULL);
}

static bool is_of(const struct tap_connection *c, const void *session)
{
    return __atomic_load_n(&c->session, __ATOMIC_ACQUIRE) == session;
}

static void end_turn(struct tap_connection *c)
{
    uint8_t own = FEEDING; /* else somebody gave it up meanwhile */
    if (!__atomic_compare_exchange_n(&c->state, &own, IDLE, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        close_parser(c, true);
}

/* Both directions at once, by two threads: the other one is done soon. Else bytes are missing from here on.
 */
static bool take_turn(struct tap_connection *c, const void *session)
{
    uint8_t now = __atomic_load_n(&c->state, __ATOMIC_RELAXED);
    for (int i = 0; i < TURNS + NAPS && !feeding && is_of(c, session); i++) {
        now = IDLE;
        if (__atomic_compare_exchange_n(&c->state, &now, FEEDING, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            if (is_of(c, session))
                return true;
            end_turn(c); /* the place was another's meanwhile */
            return false;
        }
        if (now != FEEDING && now != NEW)
            return false;
        pause_for(i);
    }
    if (is_of(c, session) && now != OTHER_HOST)
        __atomic_compare_exchange_n(&c->state, &now, LOST, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
    return false;
}

/* The other end may have it before the call that sends returns. */
static __thread uint64_t sent_since;

uint64_t tap_ticks(void) { return sent_since ? sent_since : clock_ticks(); }

/* What was sent may be gone since; what came was stored just now. False: some of it is missing. */
static bool feed_copied(const struct deep *deep, void *parser, enum deep_direction way, const char *bytes,
                        size_t n)
{
    char *room = user_room_take();
    size_t done = 0, part = 1, got = part;
    for (; room && done < n && got == part; done += got) {
        part = n - done < USER_ROOM_BYTES ? n - done : USER_ROOM_BYTES;
        got = way == DEEP_SENT ? user_take_moved(room, bytes + done, part)
                               : user_copy(room, bytes + done, part);
        if (got > 0)
            stack_run(feed_there, &(struct feeding){deep, parser, way, room, got});
    }
    if (room)
        user_room_give(room, done);
    return done == n;
}

void tap_feed(void *session, tap_ask ask, enum deep_direction way, const void *bytes, size_t n,
              uint64_t since)
{
    struct tap_connection *c = find(session);
    if (likely(c && __atomic_load_n(&c->state, __ATOMIC_RELAXED) == OTHER_HOST))
        return;
    int kept = errno;
    bool first = false;
    if (!c && (c = claim(session, &first)) && first)
        decide(c, ask);
    if (c && take_turn(c, session)) {
        const struct deep *deep = deep_get();
        feeding = true;
        sent_since = way == DEEP_SENT ? since : 0;
        if (deep && !feed_copied(deep, c->parser, way, bytes, n))
            __atomic_store_n(&c->state, LOST, __ATOMIC_RELAXED);
        sent_since = 0;
        feeding = false;
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
    __atomic_store_n(&claiming, 0, __ATOMIC_RELAXED);
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
