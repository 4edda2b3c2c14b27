/* Which addresses the listed hosts' names were resolved to, so that a connection is known by the name that
 * was asked for. Names that VLSHIM_HOSTS does not list are not kept. Lock-free, bounded; any thread. */
#ifndef SHIM_NAMES_H
#define SHIM_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define NAMES_BYTES 256u

/* The other end of a connection. */
struct endpoint {
    char host[NAMES_BYTES + 8]; /* room for a port */
    size_t bytes;               /* of the host */
    unsigned port;              /* 0: not known */
};

/* A program was told that the name has this address. */
void names_resolved(const char *name, const struct sockaddr *address);

/* The listed name of an address, else the address itself in figures. False: neither IPv4 nor IPv6. */
bool names_endpoint(const struct sockaddr *address, socklen_t length, struct endpoint *out);

/* A connection to a listed host is made. */
void names_connected(const struct endpoint *);

/* The port that was connected to under that name; 0: none, or several. */
unsigned names_port(const char *name);

/* Whether it is of a host that VLSHIM_HOSTS lists. The machine itself is localhost by any of its addresses.
 */
bool names_listed(const struct endpoint *);

#endif
