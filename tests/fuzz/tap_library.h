/* For tap.c: TLS libraries that move what they are told to, behind the recorder's own functions for them. */
#ifndef FUZZ_TAP_LIBRARY_H
#define FUZZ_TAP_LIBRARY_H

#include "tap_model.h"

#include "gnutls.h"
#include "openssl.h"

#include <sys/types.h>

#define UNLISTED 3u /* the connection whose host is not listed */
#define GNUTLS   2u

/* What the next call of a library does; what it calls is told by `within`, once. */
static struct turn {
    const uint8_t *bytes; /* that arrive */
    size_t n;             /* that are moved */
    void (*within)(void);
} turn;

static char sessions[FIRST_PLAIN][16] __attribute__((aligned(16)));

static void *session_of(unsigned link) { return sessions[link]; }

static size_t library_sends(void)
{
    void (*within)(void) = turn.within;
    turn.within = NULL;
    if (within)
        within();
    return turn.n;
}

static size_t library_receives(void *buffer)
{
    size_t n = library_sends();
    memcpy(buffer, turn.bytes, n);
    return n;
}

/* ---- OpenSSL ---- */

typedef int ssl_move(void *, void *, int);
typedef int ssl_move_ex(void *, void *, size_t, size_t *);
typedef int ssl_write_ex2(void *, const void *, size_t, uint64_t, size_t *);

static int fake_read(void *s, void *buffer, int n)
{
    (void)s;
    (void)n;
    size_t got = library_receives(buffer);
    return got > 0 ? (int)got : -1;
}

static int fake_read_ex(void *s, void *buffer, size_t n, size_t *got)
{
    (void)s;
    (void)n;
    *got = library_receives(buffer);
    return *got > 0;
}

static int fake_write(void *s, const void *bytes, int n)
{
    (void)s;
    (void)bytes;
    (void)n;
    size_t put = library_sends();
    return put > 0 ? (int)put : -1;
}

static int fake_write_ex(void *s, const void *bytes, size_t n, size_t *put)
{
    (void)s;
    (void)bytes;
    (void)n;
    *put = library_sends();
    return *put > 0;
}

static int fake_write_ex2(void *s, const void *bytes, size_t n, uint64_t flags, size_t *put)
{
    (void)flags;
    return fake_write_ex(s, bytes, n, put);
}

static ssize_t fake_sendfile(void *s, int fd, off_t offset, size_t n, int flags)
{
    (void)s;
    (void)fd;
    (void)offset;
    (void)flags;
    return (ssize_t)n;
}

static const char *fake_servername(const void *s, int type)
{
    (void)type;
    return s == sessions[UNLISTED] ? "other.example" : "api.anthropic.com";
}

static int fake_fd(const void *s) { return s == sessions[0] ? 9 : -1; }
static void *fake_new(void *s) { return s; }
static void fake_free(void *s) { (void)s; }
static int fake_clear(void *s) { return s != NULL; }

/* ---- GnuTLS ---- */

struct packet {
    unsigned char *bytes;
    unsigned n;
};

static ssize_t fake_send(void *s, const void *bytes, size_t n)
{
    return bytes ? fake_write(s, bytes, (int)n) : (ssize_t)turn.n;
}

static ssize_t fake_send2(void *s, const void *bytes, size_t n, size_t pad, unsigned flags)
{
    (void)pad;
    (void)flags;
    return fake_send(s, bytes, n);
}

static ssize_t fake_send_file(void *s, int fd, off_t *offset, size_t n)
{
    return fake_sendfile(s, fd, *offset, n, 0);
}

static ssize_t fake_recv(void *s, void *buffer, size_t n) { return fake_read(s, buffer, (int)n); }

static ssize_t fake_recv_seq(void *s, void *buffer, size_t n, unsigned char *sequence)
{
    (void)sequence;
    return fake_recv(s, buffer, n);
}

static ssize_t fake_recv_packet(void *s, void **packet)
{
    (void)s;
    static struct packet one;
    one = (struct packet){(unsigned char *)turn.bytes, (unsigned)library_sends()};
    *packet = &one;
    return one.n > 0 ? (ssize_t)one.n : -1;
}

static void fake_packet_get(void *packet, struct packet *out, unsigned char *sequence)
{
    (void)sequence;
    *out = *(struct packet *)packet;
}

static int fake_server_name_set(void *s, unsigned type, const void *name, size_t n)
{
    (void)s;
    (void)type;
    (void)name;
    (void)n;
    return 0;
}

/* ---- the recorder's functions ---- */

struct fake {
    const char *name;
    void *real;
};

static const struct fake fakes[] = {
    {"SSL_get_servername", (void *)fake_servername},
    {"SSL_get_fd", (void *)fake_fd},
    {"SSL_read", (void *)fake_read},
    {"SSL_read_ex", (void *)fake_read_ex},
    {"SSL_read_early_data", (void *)fake_read_ex},
    {"SSL_write", (void *)fake_write},
    {"SSL_write_ex", (void *)fake_write_ex},
    {"SSL_write_early_data", (void *)fake_write_ex},
    {"SSL_write_ex2", (void *)fake_write_ex2},
    {"SSL_sendfile", (void *)fake_sendfile},
    {"SSL_new", (void *)fake_new},
    {"SSL_free", (void *)fake_free},
    {"SSL_clear", (void *)fake_clear},
    {"gnutls_packet_get", (void *)fake_packet_get},
    {"gnutls_record_send", (void *)fake_send},
    {"gnutls_record_send2", (void *)fake_send2},
    {"gnutls_record_send_file", (void *)fake_send_file},
    {"gnutls_record_send_early_data", (void *)fake_send},
    {"gnutls_record_recv", (void *)fake_recv},
    {"gnutls_record_recv_seq", (void *)fake_recv_seq},
    {"gnutls_record_recv_early_data", (void *)fake_recv},
    {"gnutls_record_recv_packet", (void *)fake_recv_packet},
    {"gnutls_server_name_set", (void *)fake_server_name_set},
    {"gnutls_deinit", (void *)fake_free},
};

static const struct slot_library *library_of(unsigned link)
{
    return link == GNUTLS ? &gnutls_libraries[0] : &openssl_libraries[link == 1];
}

static void library_load(const struct slot_library *library)
{
    for (size_t h = 0; h < library->n; h++)
        for (size_t i = 0; i < sizeof fakes / sizeof *fakes; i++)
            if (strcmp(library->hooks[h].name, fakes[i].name) == 0)
                *library->hooks[h].real = fakes[i].real;
}

/* What a program that calls that function of the connection's library gets to. */
static void *find_ours(unsigned link, const char *name)
{
    const struct slot_library *library = library_of(link);
    for (size_t h = 0; h < library->n; h++)
        if (strcmp(library->hooks[h].name, name) == 0)
            return library->hooks[h].ours;
    abort();
}

/* Found once for each library at each place in this file. */
#define OURS_OF(link, name)                                                                                  \
    ({                                                                                                       \
        static void *found[LINKS];                                                                           \
        found[link] ? found[link] : (found[link] = find_ours(link, name));                                   \
    })

#endif
