/* A ring of addresses; each place is guarded by a sequence number, odd while it is written. */
#include "names.h"

#include "config.h"
#include "hosts.h"
#include "raw.h"
#include "sequence.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define PLACES     64u
#define PORTS_MANY 65536u

struct name {
    uint32_t sequence; /* atomic */
    uint32_t port;     /* atomic; that was connected to last; 0: none, PORTS_MANY: several */
    struct in6_addr address __attribute__((aligned(8)));
    char text[NAMES_BYTES];
};

static TABLE struct name names[PLACES];
static uint32_t next; /* atomic */

/* IPv4 as IPv6 has it. */
static bool address_of(const struct sockaddr *s, struct in6_addr *out, unsigned *port)
{
    if (s->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)s;
        *out = in6->sin6_addr;
        *port = ntohs(in6->sin6_port);
        return true;
    }
    const struct sockaddr_in *in = (const struct sockaddr_in *)s;
    *out = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(&out->s6_addr[12], &in->sin_addr, 4);
    *port = ntohs(in->sin_port);
    return s->sa_family == AF_INET;
}

/* Copies a place's name if it is that of the address; what is being written is none. */
static bool read_place(struct name *place, const struct in6_addr *address, char *text)
{
    uint32_t seen;
    struct in6_addr of;
    if (!sequence_look(&place->sequence, &seen) || seen == 0)
        return false;
    sequence_load(&of, &place->address, sizeof of);
    if (memcmp(&of, address, sizeof of) != 0)
        return false;
    sequence_load(text, place->text, NAMES_BYTES);
    return sequence_held(&place->sequence, seen);
}

static bool is_called(struct name *place, const char *name)
{
    uint32_t seen;
    char text[NAMES_BYTES];
    if (!sequence_look(&place->sequence, &seen) || seen == 0)
        return false;
    sequence_load(text, place->text, NAMES_BYTES);
    return sequence_held(&place->sequence, seen) && strcmp(text, name) == 0;
}

static bool find(const struct in6_addr *address, char *text)
{
    for (unsigned i = 0; i < PLACES; i++)
        if (read_place(&names[i], address, text))
            return true;
    return false;
}

static void write_place(struct name *place, const struct in6_addr *address, const char *text, size_t n)
{
    char whole[NAMES_BYTES] = {0};
    memcpy(whole, text, n);
    if (!sequence_take(&place->sequence))
        return;
    __atomic_store_n(&place->port, 0, __ATOMIC_RELAXED);
    sequence_store(&place->address, address, sizeof *address);
    sequence_store(place->text, whole, sizeof whole);
    sequence_give(&place->sequence);
}

void names_resolved(const char *name, const struct sockaddr *address)
{
    struct in6_addr of;
    unsigned port;
    char known[NAMES_BYTES];
    size_t n = strnlen(name, NAMES_BYTES);
    if (config.capture_nothing || n == NAMES_BYTES || !hosts_match(config.hosts, name, n, 0) ||
        !address_of(address, &of, &port) || (find(&of, known) && strcmp(known, name) == 0))
        return;
    uint32_t at = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % PLACES;
    write_place(&names[at], &of, name, n);
}

bool names_endpoint(const struct sockaddr *address, socklen_t length, struct endpoint *out)
{
    struct in6_addr of;
    *out = (struct endpoint){0};
    if (length < sizeof(struct sockaddr_in) ||
        (address->sa_family == AF_INET6 && length < sizeof(struct sockaddr_in6)) ||
        !address_of(address, &of, &out->port))
        return false;
    if (!find(&of, out->host)) {
        bool four = IN6_IS_ADDR_V4MAPPED(&of);
        inet_ntop(four ? AF_INET : AF_INET6, four ? (void *)&of.s6_addr[12] : (void *)&of, out->host,
                  NAMES_BYTES);
    }
    out->bytes = strlen(out->host);
    return true;
}

void names_connected(const struct endpoint *e)
{
    for (unsigned i = 0; i < PLACES; i++) {
        struct name *place = &names[i];
        if (!is_called(place, e->host))
            continue;
        uint32_t before = __atomic_load_n(&place->port, __ATOMIC_RELAXED);
        uint32_t port = before == 0 || before == e->port ? e->port : PORTS_MANY;
        __atomic_store_n(&place->port, port, __ATOMIC_RELAXED);
    }
}

unsigned names_port(const char *name)
{
    for (unsigned i = 0; i < PLACES; i++) {
        struct name *place = &names[i];
        uint32_t port = __atomic_load_n(&place->port, __ATOMIC_RELAXED);
        if (port > 0 && port < PORTS_MANY && is_called(place, name))
            return port;
    }
    return 0;
}

static bool is_own_machine(const struct endpoint *e)
{
    return strncmp(e->host, "127.", 4) == 0 || strcmp(e->host, "::1") == 0;
}

bool names_listed(const struct endpoint *e)
{
    return hosts_match(config.hosts, e->host, e->bytes, e->port) ||
           (is_own_machine(e) && hosts_match(config.hosts, "localhost", 9, e->port));
}
