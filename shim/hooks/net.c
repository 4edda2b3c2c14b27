/* Connections that are made. */
#include "config.h"
#include "emit.h"
#include "fds.h"
#include "hook.h"
#include "plain.h"
#include "tls.h"
#include "user_memory.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ADDRESS_BYTES 128

struct address {
    unsigned port;
    uint32_t length;
    char text[ADDRESS_BYTES];
};

static void put(struct address *a, const char *text, size_t n)
{
    if (a->length + n <= ADDRESS_BYTES) {
        memcpy(a->text + a->length, text, n);
        a->length += (uint32_t)n;
    }
}

static void put_number(struct address *a, unsigned v, unsigned base)
{
    char digits[12];
    size_t at = sizeof digits;
    do
        digits[--at] = "0123456789abcdef"[v % base];
    while ((v /= base) > 0);
    put(a, digits + at, sizeof digits - at);
}

static void put_ipv4(struct address *a, const uint8_t *bytes)
{
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            put(a, ".", 1);
        put_number(a, bytes[i], 10);
    }
}

/* The longest run of two or more zero groups is left out (RFC 5952). */
static void put_ipv6(struct address *a, const uint16_t *groups)
{
    int best = -1, length = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && groups[i + n] == 0)
            n++;
        if (n > length) {
            best = i;
            length = n;
        }
    }
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            put(a, "::", 2);
            i += length - 1;
            continue;
        }
        if (i > 0 && !(best >= 0 && i == best + length))
            put(a, ":", 1);
        put_number(a, __builtin_bswap16(groups[i]), 16);
    }
}

static void put_unix(struct address *a, const struct sockaddr_un *name, socklen_t length)
{
    size_t n =
        length > offsetof(struct sockaddr_un, sun_path) ? length - offsetof(struct sockaddr_un, sun_path) : 0;
    if (n > 0 && name->sun_path[0] == '\0') { /* an abstract name */
        put(a, "@", 1);
        put(a, name->sun_path + 1, n - 1);
    } else {
        put(a, name->sun_path, strnlen(name->sun_path, n));
    }
}

static void describe(struct address *a, const struct sockaddr *name, socklen_t length)
{
    *a = (struct address){0};
    if (name->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)name;
        a->port = ntohs(in->sin_port);
        put_ipv4(a, (const uint8_t *)&in->sin_addr);
    } else if (name->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)name;
        a->port = ntohs(in6->sin6_port);
        put_ipv6(a, in6->sin6_addr.s6_addr16);
    } else if (name->sa_family == AF_UNIX) {
        put_unix(a, (const struct sockaddr_un *)name, length);
    }
}

/* An address as the kernel has read it; where it refused before it came to that, it is asked. */
static bool address_known(struct sockaddr_storage *out, int error, const void *name, socklen_t length)
{
    size_t n = length < sizeof *out ? length : sizeof *out;
    if (error == EFAULT || error == EBADF || !name || n < sizeof(sa_family_t))
        return false;
    *out = (struct sockaddr_storage){0};
    return error == 0 || error == EINPROGRESS ? user_copy(out, name, n) == n : user_take(out, name, n);
}

static void connected(int fd, const struct sockaddr *name, socklen_t length, int error, struct timing t)
{
    struct address a;
    describe(&a, name, length);
    if (name->sa_family != AF_UNIX && (error == 0 || error == EINPROGRESS) && !config.capture_nothing)
        plain_connected(fd, name, length);
    EMIT(socket_connect, VIDEO_CURRENT, t, (uint64_t)(unsigned)fd, name->sa_family, {a.text, a.length, false},
         a.port, error);
    if (name->sa_family == AF_INET || name->sa_family == AF_INET6)
        tls_watch(); /* what speaks TLS over it comes after */
}

HOOK(int, connect, (int fd, const struct sockaddr *name, socklen_t length))
{
    if (!shim_on())
        return REAL(connect)(fd, name, length);
    uint64_t start = clock_ticks();
    int result = REAL(connect)(fd, name, length);
    int error = result == 0 ? 0 : errno, kept = errno;
    struct sockaddr_storage given;
    if (address_known(&given, error, name, length))
        connected(fd, (struct sockaddr *)&given, length < sizeof given ? length : sizeof given, error,
                  clock_timing(start));
    errno = kept;
    return result;
}
