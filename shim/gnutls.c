/* GnuTLS's calls that move plaintext. */
#include "gnutls.h"

#include "tap.h"

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define NAME_DNS 1 /* GNUTLS_NAME_DNS */

typedef void *session_t;

#define CALL(type, name, params)                                                                             \
    static type(*real_##name) params;                                                                        \
    static type our_##name params

static void (*real_gnutls_transport_get_int2)(session_t, int *, int *);

/* The library does not give a client's own server name back: kept from gnutls_server_name_set, which comes on
 * the thread that connects, until the session is first used. */
static __thread struct {
    session_t session;
    char text[256];
} named;

static struct tap_peer peer_of(void *session)
{
    struct tap_peer peer = {.name = named.session == session ? named.text : NULL, .fd = -1};
    int sending;
    if (real_gnutls_transport_get_int2)
        real_gnutls_transport_get_int2(session, &peer.fd, &sending);
    return peer;
}

static void moved(session_t s, enum deep_direction way, const void *bytes, ssize_t n)
{
    if (n <= 0)
        return;
    if (bytes)
        tap_feed(s, peer_of, way, bytes, (size_t)n);
    else
        tap_lose(s); /* a call repeated without its bytes */
}

CALL(ssize_t, gnutls_record_send, (session_t s, const void *bytes, size_t n))
{
    ssize_t put = real_gnutls_record_send(s, bytes, n);
    moved(s, DEEP_SENT, bytes, put);
    return put;
}

CALL(ssize_t, gnutls_record_send2, (session_t s, const void *bytes, size_t n, size_t pad, unsigned flags))
{
    ssize_t put = real_gnutls_record_send2(s, bytes, n, pad, flags);
    moved(s, DEEP_SENT, bytes, put);
    return put;
}

CALL(ssize_t, gnutls_record_send_early_data, (session_t s, const void *bytes, size_t n))
{
    ssize_t put = real_gnutls_record_send_early_data(s, bytes, n);
    moved(s, DEEP_SENT, bytes, put);
    return put;
}

CALL(ssize_t, gnutls_record_send_file, (session_t s, int fd, off_t *offset, size_t n))
{
    ssize_t put = real_gnutls_record_send_file(s, fd, offset, n);
    if (put > 0)
        tap_lose(s);
    return put;
}

CALL(ssize_t, gnutls_record_recv, (session_t s, void *buffer, size_t n))
{
    ssize_t got = real_gnutls_record_recv(s, buffer, n);
    moved(s, DEEP_RECEIVED, buffer, got);
    return got;
}

CALL(ssize_t, gnutls_record_recv_seq, (session_t s, void *buffer, size_t n, unsigned char *sequence))
{
    ssize_t got = real_gnutls_record_recv_seq(s, buffer, n, sequence);
    moved(s, DEEP_RECEIVED, buffer, got);
    return got;
}

CALL(ssize_t, gnutls_record_recv_early_data, (session_t s, void *buffer, size_t n))
{
    ssize_t got = real_gnutls_record_recv_early_data(s, buffer, n);
    moved(s, DEEP_RECEIVED, buffer, got);
    return got;
}

CALL(int, gnutls_server_name_set, (session_t s, unsigned type, const void *name, size_t n))
{
    if (type == NAME_DNS && n < sizeof named.text) {
        tap_forget(s, true);
        memcpy(named.text, name, n);
        named.text[n] = '\0';
        named.session = s;
    }
    return real_gnutls_server_name_set(s, type, name, n);
}

CALL(void, gnutls_deinit, (session_t s))
{
    tap_forget(s, false);
    if (named.session == s)
        named.session = NULL;
    real_gnutls_deinit(s);
}

#define ASKED(name)                                                                                          \
    {                                                                                                        \
#name, NULL, (void **)&real_##name                                                                   \
    }
#define REPLACE(name)                                                                                        \
    {                                                                                                        \
#name, (void *)our_##name, (void **)&real_##name                                                     \
    }

static const struct slot_hook asked[] = {ASKED(gnutls_transport_get_int2)};
static const struct slot_hook replaced[] = {
    REPLACE(gnutls_record_send),      REPLACE(gnutls_record_send2),
    REPLACE(gnutls_record_send_file), REPLACE(gnutls_record_send_early_data),
    REPLACE(gnutls_record_recv),      REPLACE(gnutls_record_recv_seq),
    REPLACE(gnutls_server_name_set),  REPLACE(gnutls_record_recv_early_data),
    REPLACE(gnutls_deinit),
};

void gnutls_take(void)
{
    slots_take("libgnutls.so", asked, sizeof asked / sizeof *asked, replaced,
               sizeof replaced / sizeof *replaced);
}
