/* Fuzz target: what passes by on six connections, by every way that a program has to move it, reaches the
 * parsers of libvldeep.so once, whole and in its order, and they stay within their memory.
 *
 * Input: commands of one byte, bits 0-2 the connection, bits 3-6 what happens; those that move bytes have a
 * second one, (their number / 4) - 1, and the bytes. */
#include "config.h"
#include "fds.h"
#include "plain.h"

#include "tap_library.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

struct shim shim;

enum happening {
    SEND,
    RECEIVE,
    SEND_OTHERWISE,
    RECEIVE_OTHERWISE,
    SEND_EARLY,
    RECEIVE_EARLY,
    IN_ANOTHER_FORM,
    PARTLY,
    REFUSED,
    SEND_WITHIN,
    RECEIVE_WITHIN,
    MEANWHILE,
    MOVE_LAST = MEANWHILE,
    UNSEEN, /* bytes that the kernel takes elsewhere */
    CLOSE,
    CLEAR,
    FORK,
};

/* The recorder's system calls: a descriptor's other end, and nothing of the machine's. */
long raw_instead(long number, long a, long b, long c, long d, long e, long f)
{
    (void)a;
    if (number == SYS_process_vm_readv) { /* of what was sent, by a process with several threads */
        long n = syscall(number, (long)getpid(), b, c, d, e, f);
        return n < 0 ? -errno : n;
    }
    if (number == SYS_getpeername) {
        *(struct sockaddr_in *)b = (struct sockaddr_in){AF_INET, htons(443), {htonl(0x7f000001)}, {0}};
        *(int *)c = sizeof(struct sockaddr_in);
        return 0;
    }
    return number == SYS_mmap ? (long)calloc(1, (size_t)b) : number == SYS_sched_yield ? 0 : -ENOENT;
}

long raw_always_instead(long number, long a, long b, long c, long d, long e, long f)
{
    return raw_instead(number, a, b, c, d, e, f);
}

void raw_vfork_ended(void) {}

/* ---- connections without a library ---- */

static int fd_of(unsigned link) { return link == FIRST_PLAIN ? 7 : 300; }

static void connect_plain(unsigned link)
{
    const struct sockaddr_in to = {AF_INET, htons(443), {htonl(0x7f000001)}, {0}};
    fds_clear(fd_of(link));
    plain_connected(fd_of(link), (const struct sockaddr *)&to, sizeof to);
    state_of[link] = UNDECIDED;
}

static void move_plain(struct piece p, bool in_parts)
{
    const bool http = p.way == DEEP_SENT ? p.bytes[0] >= 'A' && p.bytes[0] <= 'Z' : p.bytes[0] == 'H';
    const size_t cut = in_parts ? p.n / 3 : 0;
    const struct iovec parts[] = {
        {(void *)p.bytes, cut}, {NULL, 0}, {(void *)(p.bytes + cut), p.n - cut + 9}};
    if (state_of[p.link] == UNDECIDED)
        state_of[p.link] = http ? LIVE : UNREAD;
    expect((struct piece){p.link, p.way, p.bytes, cut});
    expect((struct piece){p.link, p.way, p.bytes + cut, p.n - cut});
    if (in_parts)
        plain_moved_parts(fd_of(p.link), p.way, parts, 3, (ssize_t)p.n);
    else
        plain_moved(fd_of(p.link), p.way, p.bytes, (ssize_t)p.n);
}

static void happen_plain(unsigned link, enum happening what, const uint8_t *bytes, size_t n)
{
    const bool received =
        what == RECEIVE || what == RECEIVE_OTHERWISE || what == RECEIVE_EARLY || what == RECEIVE_WITHIN;
    if (what == CLOSE || what == CLEAR) {
        connect_plain(link);
    } else if (what == UNSEEN) {
        plain_lose(fd_of(link));
        give_up(link);
    } else if (what == REFUSED) {
        plain_moved(fd_of(link), DEEP_SENT, bytes, -1);
    } else {
        move_plain((struct piece){link, received ? DEEP_RECEIVED : DEEP_SENT, bytes, n},
                   what == PARTLY || what == IN_ANOTHER_FORM);
    }
}

/* ---- sessions of libraries ---- */

/* OpenSSL's and GnuTLS's name for each, and the shape of the call. */
enum shape { INT, SIZES, FLAGS, PACKET };
static const struct way_to {
    const char *openssl, *gnutls;
    enum shape openssl_shape, gnutls_shape;
    enum deep_direction way;
} ways[] = {
    [SEND] = {"SSL_write", "gnutls_record_send", INT, INT, DEEP_SENT},
    [RECEIVE] = {"SSL_read", "gnutls_record_recv", INT, INT, DEEP_RECEIVED},
    [SEND_OTHERWISE] = {"SSL_write_ex", "gnutls_record_send2", SIZES, FLAGS, DEEP_SENT},
    [RECEIVE_OTHERWISE] = {"SSL_read_ex", "gnutls_record_recv_seq", SIZES, SIZES, DEEP_RECEIVED},
    [SEND_EARLY] = {"SSL_write_early_data", "gnutls_record_send_early_data", SIZES, INT, DEEP_SENT},
    [RECEIVE_EARLY] = {"SSL_read_early_data", "gnutls_record_recv_early_data", SIZES, INT, DEEP_RECEIVED},
    [IN_ANOTHER_FORM] = {"SSL_write_ex2", "gnutls_record_recv_packet", FLAGS, PACKET, DEEP_SENT},
};

static enum deep_direction way_of(unsigned link, enum happening what)
{
    return link == GNUTLS && what == IN_ANOTHER_FORM ? DEEP_RECEIVED : ways[what].way;
}

static void *ours_of_way(unsigned link, enum happening what, const char *name)
{
    static void *found[LINKS][MOVE_LAST + 1];
    return found[link][what] ? found[link][what] : (found[link][what] = find_ours(link, name));
}

/* The call as a program makes it, with room for n bytes, or with n that are to be sent. */
static void call(unsigned link, enum happening what, void *bytes, size_t n)
{
    const struct way_to *w = &ways[what];
    void *s = session_of(link), *packet;
    size_t moved = 0;
    if (link != GNUTLS) {
        void *f = ours_of_way(link, what, w->openssl);
        if (w->openssl_shape == INT)
            ((int (*)(void *, void *, int))f)(s, bytes, (int)n);
        else if (w->openssl_shape == SIZES)
            ((int (*)(void *, void *, size_t, size_t *))f)(s, bytes, n, &moved);
        else
            ((int (*)(void *, const void *, size_t, uint64_t, size_t *))f)(s, bytes, n, 0, &moved);
        return;
    }
    void *f = ours_of_way(link, what, w->gnutls);
    if (w->gnutls_shape == INT)
        ((ssize_t(*)(void *, void *, size_t))f)(s, bytes, n);
    else if (w->gnutls_shape == SIZES)
        ((ssize_t(*)(void *, void *, size_t, unsigned char *))f)(s, bytes, n, NULL);
    else if (w->gnutls_shape == FLAGS)
        ((ssize_t(*)(void *, const void *, size_t, size_t, unsigned))f)(s, bytes, n, 0, 0);
    else
        ((ssize_t(*)(void *, void **))f)(s, &packet);
}

/* The library moves n of the bytes. */
static void move(unsigned link, enum happening what, const uint8_t *bytes, size_t room, size_t n,
                 void (*within)(void))
{
    turn = (struct turn){bytes, n, within};
    if (way_of(link, what) == DEEP_SENT) {
        call(link, what, (void *)bytes, room);
        return;
    }
    void *buffer = malloc(room);
    call(link, what, buffer, room);
    free(buffer);
}

/* A library's function that calls another of its own, with the same bytes. */
static struct piece same;
static void call_within(void)
{
    call(same.link, same.way == DEEP_SENT ? SEND_OTHERWISE : RECEIVE_OTHERWISE, (void *)same.bytes, same.n);
}

/* A program's callback that uses another connection. */
static struct piece outer;
static void send_meanwhile(void)
{
    struct turn before = turn;
    expect(same);
    move(same.link, SEND, same.bytes, same.n, same.n, NULL);
    turn = before;
    expect(outer);
}

static void receive_within(unsigned link, const uint8_t *bytes, size_t n)
{
    uint8_t *buffer = malloc(n);
    same = (struct piece){link, DEEP_RECEIVED, buffer, n};
    expect((struct piece){link, DEEP_RECEIVED, bytes, n});
    turn = (struct turn){bytes, n, call_within};
    call(link, RECEIVE, buffer, n);
    free(buffer);
}

static void move_whole(unsigned link, enum happening what, const uint8_t *bytes, size_t n)
{
    expect((struct piece){link, way_of(link, what), bytes, n});
    move(link, what, bytes, n, n, NULL);
}

static void move_session(unsigned link, enum happening what, const uint8_t *bytes, size_t n)
{
    switch (what) {
    case PARTLY:
        expect((struct piece){link, DEEP_SENT, bytes, n / 2});
        move(link, SEND_OTHERWISE, bytes, n, n / 2, NULL);
        move_whole(link, SEND, bytes + n / 2, n - n / 2);
        break;
    case REFUSED:
        move(link, n % 8 ? SEND : RECEIVE, bytes, n, 0, NULL);
        break;
    case SEND_WITHIN:
        same = (struct piece){link, DEEP_SENT, bytes, n};
        expect(same);
        move(link, SEND, bytes, n, n, call_within);
        break;
    case RECEIVE_WITHIN:
        receive_within(link, bytes, n);
        break;
    case MEANWHILE:
        same = (struct piece){(link + 1) % FIRST_PLAIN, DEEP_SENT, bytes, n / 2};
        outer = (struct piece){link, DEEP_RECEIVED, bytes, n};
        move(link, RECEIVE, bytes, n, n, send_meanwhile);
        break;
    default:
        move_whole(link, what, bytes, n);
    }
}

static void send_unseen(unsigned link, bool again)
{
    off_t offset = 0;
    turn = (struct turn){NULL, 3, NULL};
    if (link != GNUTLS)
        ((ssize_t(*)(void *, int, off_t, size_t, int))OURS_OF(link, "SSL_sendfile"))(session_of(link), 8, 0,
                                                                                     3, 0);
    else if (again)
        ((ssize_t(*)(void *, const void *, size_t))OURS_OF(link, "gnutls_record_send"))(session_of(link),
                                                                                        NULL, 0);
    else
        ((ssize_t(*)(void *, int, off_t *, size_t))OURS_OF(link, "gnutls_record_send_file"))(session_of(link),
                                                                                             8, &offset, 3);
    give_up(link);
}

static void begin_session(unsigned link)
{
    static const char name[] = "api.anthropic.com";
    if (link == GNUTLS)
        ((int (*)(void *, unsigned, const void *, size_t))OURS_OF(link, "gnutls_server_name_set"))(
            session_of(link), 1, name, sizeof name - 1);
    else
        ((void *(*)(void *))OURS_OF(link, "SSL_new"))(session_of(link));
    state_of[link] = link == UNLISTED ? UNREAD : UNDECIDED;
}

static void end_session(unsigned link)
{
    ((void (*)(void *))OURS_OF(link, link == GNUTLS ? "gnutls_deinit" : "SSL_free"))(session_of(link));
    state_of[link] = link == UNLISTED ? UNREAD : UNDECIDED;
}

static void happen_session(unsigned link, enum happening what, bool variant, const uint8_t *bytes, size_t n)
{
    if (what <= MOVE_LAST) {
        move_session(link, what, bytes, n);
    } else if (what == UNSEEN) {
        send_unseen(link, variant);
    } else if (what == CLEAR && link != GNUTLS) {
        ((int (*)(void *))OURS_OF(link, "SSL_clear"))(session_of(link));
        state_of[link] = link == UNLISTED ? UNREAD : UNDECIDED;
    } else {
        if (what == CLOSE && !variant) /* else the library ended it by itself */
            end_session(link);
        begin_session(link);
    }
}

/* ---- the input ---- */

static void begin(void)
{
    static bool loaded;
    config.hosts = "api.anthropic.com,localhost";
    for (unsigned link = 0; link < FIRST_PLAIN && !loaded; link++)
        library_load(library_of(link));
    loaded = true;
    for (unsigned link = 0; link < FIRST_PLAIN; link++)
        begin_session(link);
    for (unsigned link = FIRST_PLAIN; link < LINKS; link++)
        connect_plain(link);
}

static void end(void)
{
    for (unsigned link = 0; link < FIRST_PLAIN; link++)
        end_session(link);
    for (unsigned link = FIRST_PLAIN; link < LINKS; link++)
        fds_clear(fd_of(link));
    model_end();
}

static void happen(unsigned link, enum happening what, bool variant, const uint8_t *bytes, size_t n)
{
    if (what == FORK && model_fork()) {
        plain_begin_child();
        tap_begin_child();
    } else if (what != FORK && link >= FIRST_PLAIN) {
        happen_plain(link, what, bytes, n);
    } else if (what != FORK) {
        happen_session(link, what, variant, bytes, n);
    }
    settle();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const uint8_t *at = bytes, *last = bytes + n;
    begin();
    while (at < last) {
        const uint8_t head = *at++;
        const enum happening what = head >> 3 & 15;
        size_t run = 0;
        if (what <= MOVE_LAST && last - at < 2)
            break;
        if (what <= MOVE_LAST)
            run = ((size_t)*at++ + 1) * 4;
        run = run < (size_t)(last - at) ? run : (size_t)(last - at);
        uint8_t *copy = malloc(run); /* so that reading past it is noticed */
        memcpy(copy, at, run);
        happen((head & 7) % LINKS, what, head & 128, copy, run);
        free(copy);
        at += run;
    }
    end();
    return 0;
}
