/* Marks in the table of descriptors, and what stands behind them in the table of connections. */
#include "plain.h"

#include "fds.h"
#include "names.h"
#include "tap.h"
#include "tls.h"
#include "user_memory.h"

#include <errno.h>

#define TURNS 64 /* for which the answer waits for its question */

/* A mark is the number of this process's generation, so that a child's parent's do not count; its first bit
 * says that HTTP was seen. */
static uint8_t generation = 2;

/* No session of a library has an odd address. */
static void *key_of(int fd) { return (void *)((uintptr_t)(unsigned)fd << 1 | 1); }

static struct tap_peer peer_of(void *session)
{
    return (struct tap_peer){.fd = (int)((uintptr_t)session >> 1), .plain = true};
}

static uint8_t mark_of(int fd, struct fd_entry **e)
{
    *e = fds_entry(fd);
    uint8_t mark = *e ? __atomic_load_n(&(*e)->tapped, __ATOMIC_RELAXED) : 0;
    return (mark & 0xfe) == generation ? mark : 0;
}

static void unmark(struct fd_entry *e, int fd, uint8_t mark)
{
    if (__atomic_compare_exchange_n(&e->tapped, &mark, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        plain_forget(fd, mark);
}

void plain_connected(int fd, const struct sockaddr *name, socklen_t length)
{
    struct endpoint e;
    if (!names_endpoint(name, length, &e) || !names_listed(&e))
        return;
    names_connected(&e);
    struct fd_entry *entry = fds_known(fd);
    uint8_t none = 0;
    if (entry && __atomic_compare_exchange_n(&entry->tapped, &none, generation, false, __ATOMIC_RELEASE,
                                             __ATOMIC_RELAXED))
        __atomic_add_fetch(&shim.plain, 1, __ATOMIC_RELAXED);
}

void plain_forget(int fd, uint8_t mark)
{
    if ((mark & 0xfe) != generation)
        return;
    __atomic_sub_fetch(&shim.plain, 1, __ATOMIC_RELAXED);
    tap_forget(key_of(fd), false);
}

/* A client's first byte: a method's or of HTTP/2's preface, which begin with a capital; TLS with 22. An
 * answer that is seen before its question begins with HTTP/1's version. */
static bool begins_as_http(enum deep_direction way, const void *bytes)
{
    uint8_t first = 0;
    user_take_moved(&first, bytes, 1);
    return way == DEEP_SENT ? first >= 'A' && first <= 'Z' : first == 'H';
}

/* True: the bytes are for the tap. */
static bool is_http(int fd, enum deep_direction way, const void *bytes)
{
    struct fd_entry *e;
    uint8_t mark = mark_of(fd, &e);
    if (mark == 0 || thread_is_vfork_child())
        return false;
    const bool begins = begins_as_http(way, bytes);
    for (int i = 0; i < TURNS && way == DEEP_RECEIVED && !begins && mark != 0 && !(mark & 1); i++) {
        raw(SYS_sched_yield); /* HTTP/2's may have come before the thread that asked is back here */
        mark = mark_of(fd, &e);
    }
    if (mark & 1)
        return true;
    if (mark != 0 && begins) {
        __atomic_store_n(&e->tapped, (uint8_t)(mark | 1), __ATOMIC_RELAXED);
        return true;
    }
    if (mark != 0)
        unmark(e, fd, mark);
    tls_watch(); /* the library may have been loaded after the connection was made */
    return false;
}

void plain_feed(int fd, enum deep_direction way, const void *bytes, size_t n)
{
    int kept = errno;
    if (is_http(fd, way, bytes))
        tap_feed(key_of(fd), peer_of, way, bytes, n, 0);
    errno = kept;
}

void plain_feed_parts(int fd, enum deep_direction way, const struct iovec *parts, size_t count, size_t n)
{
    for (size_t i = 0; i < count && n > 0; i++) {
        struct iovec part = user_part(&parts[i], n);
        if (part.iov_len > 0)
            plain_feed(fd, way, part.iov_base, part.iov_len);
        n -= part.iov_len;
    }
}

void plain_lose(int fd)
{
    struct fd_entry *e;
    if (mark_of(fd, &e) & 1)
        tap_lose(key_of(fd));
}

void plain_begin_child(void)
{
    __atomic_store_n(&shim.plain, 0, __ATOMIC_RELAXED);
    generation = (uint8_t)(generation + 2) ? (uint8_t)(generation + 2) : 2;
}
