/* Which hosts' plaintext is read: the patterns of VLSHIM_HOSTS. Constant after init; any thread. */
#ifndef SHIM_HOSTS_H
#define SHIM_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

/* patterns: "host[:port]", separated by commas; * stands for any part of a host, no port for every port.
 * Letters' case does not count, an IPv6 address stands in brackets. port 0: not known, so every pattern's
 * port fits. */
bool hosts_match(const char *patterns, const char *host, size_t bytes, unsigned port);

#endif
