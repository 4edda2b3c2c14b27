/* OpenSSL's calls that move plaintext. */
#include "openssl.h"

#include "tap.h"

#include <stdint.h>
#include <sys/types.h>

#define SNI_HOST_NAME 0 /* TLSEXT_NAMETYPE_host_name */

typedef struct ssl SSL;

/* A row: the library's function, and ours of the same shape. */
#define CALL(type, name, params)                                                                             \
    static type(*real_##name) params;                                                                        \
    static type our_##name params

static const char *(*real_SSL_get_servername)(const SSL *, int);
static int (*real_SSL_get_fd)(const SSL *);

static struct tap_peer peer_of(void *session)
{
    return (struct tap_peer){
        .name = real_SSL_get_servername ? real_SSL_get_servername(session, SNI_HOST_NAME) : NULL,
        .fd = real_SSL_get_fd ? real_SSL_get_fd(session) : -1,
    };
}

static void moved(SSL *s, enum deep_direction way, const void *bytes, size_t n)
{
    if (n > 0)
        tap_feed(s, peer_of, way, bytes, n);
}

CALL(int, SSL_read, (SSL * s, void *buffer, int n))
{
    int got = real_SSL_read(s, buffer, n);
    if (got > 0)
        moved(s, DEEP_RECEIVED, buffer, (size_t)got);
    return got;
}

CALL(int, SSL_read_ex, (SSL * s, void *buffer, size_t n, size_t *got))
{
    int ok = real_SSL_read_ex(s, buffer, n, got);
    if (ok == 1)
        moved(s, DEEP_RECEIVED, buffer, *got);
    return ok;
}

CALL(int, SSL_read_early_data, (SSL * s, void *buffer, size_t n, size_t *got))
{
    int status = real_SSL_read_early_data(s, buffer, n, got);
    if (status == 1)
        moved(s, DEEP_RECEIVED, buffer, *got);
    return status;
}

CALL(int, SSL_write, (SSL * s, const void *bytes, int n))
{
    int put = real_SSL_write(s, bytes, n);
    if (put > 0)
        moved(s, DEEP_SENT, bytes, (size_t)put);
    return put;
}

CALL(int, SSL_write_ex, (SSL * s, const void *bytes, size_t n, size_t *put))
{
    int ok = real_SSL_write_ex(s, bytes, n, put);
    if (ok == 1)
        moved(s, DEEP_SENT, bytes, *put);
    return ok;
}

CALL(int, SSL_write_ex2, (SSL * s, const void *bytes, size_t n, uint64_t flags, size_t *put))
{
    int ok = real_SSL_write_ex2(s, bytes, n, flags, put);
    if (ok == 1)
        moved(s, DEEP_SENT, bytes, *put);
    return ok;
}

CALL(int, SSL_write_early_data, (SSL * s, const void *bytes, size_t n, size_t *put))
{
    int ok = real_SSL_write_early_data(s, bytes, n, put);
    if (ok == 1)
        moved(s, DEEP_SENT, bytes, *put);
    return ok;
}

/* The kernel takes the file's bytes: they never pass by here. */
CALL(ssize_t, SSL_sendfile, (SSL * s, int fd, off_t offset, size_t n, int flags))
{
    ssize_t put = real_SSL_sendfile(s, fd, offset, n, flags);
    if (put > 0)
        tap_lose(s);
    return put;
}

/* A session that libssl freed by itself may have stood at the same address. */
CALL(SSL *, SSL_new, (void *context))
{
    SSL *s = real_SSL_new(context);
    if (s)
        tap_forget(s, true);
    return s;
}

CALL(void, SSL_free, (SSL * s))
{
    if (s)
        tap_forget(s, false);
    real_SSL_free(s);
}

/* Asked, never replaced: no slot is called so by us. */
#define ASKED(name)                                                                                          \
    {                                                                                                        \
#name, NULL, (void **)&real_##name                                                                   \
    }
#define REPLACE(name)                                                                                        \
    {                                                                                                        \
#name, (void *)our_##name, (void **)&real_##name                                                     \
    }

static const struct slot_hook asked[] = {ASKED(SSL_get_servername), ASKED(SSL_get_fd)};
static const struct slot_hook replaced[] = {
    REPLACE(SSL_read),     REPLACE(SSL_read_ex),   REPLACE(SSL_read_early_data),  REPLACE(SSL_write),
    REPLACE(SSL_write_ex), REPLACE(SSL_write_ex2), REPLACE(SSL_write_early_data), REPLACE(SSL_sendfile),
    REPLACE(SSL_new),      REPLACE(SSL_free),
};

void openssl_take(void)
{
    slots_take("libssl.so", asked, sizeof asked / sizeof *asked, replaced,
               sizeof replaced / sizeof *replaced);
}
