/* Names that a program has resolved: which of them are those of listed hosts. */
#include "hook.h"
#include "names.h"
#include "shim.h"
#include "user_memory.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

/* A name that was asked for; those that are kept are no longer. */
static bool name_copied(char *out, const char *name)
{
    return name && user_text(out, name, NAMES_BYTES) < NAMES_BYTES;
}

HOOK(int, getaddrinfo,
     (const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found))
{
    int failed = REAL(getaddrinfo)(name, service, hints, found);
    int kept = errno;
    char asked[NAMES_BYTES];
    const struct addrinfo *a = NULL;
    if (shim_on() && failed == 0 && name_copied(asked, name) && user_copy(&a, found, sizeof a) == sizeof a)
        for (; a; a = a->ai_next)
            names_resolved(asked, a->ai_addr);
    errno = kept;
    return failed;
}

static void keep(const char *name, const struct hostent *host)
{
    int kept = errno;
    char asked[NAMES_BYTES];
    for (char **a = host && name_copied(asked, name) ? host->h_addr_list : NULL; a && *a; a++) {
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        struct sockaddr_in in = {.sin_family = AF_INET};
        bool six = host->h_addrtype == AF_INET6;
        memcpy(six ? (void *)&in6.sin6_addr : (void *)&in.sin_addr, *a, six ? 16 : 4);
        names_resolved(asked, six ? (struct sockaddr *)&in6 : (struct sockaddr *)&in);
    }
    errno = kept;
}

#define HOST_ROW(name, params, args)                                                                         \
    HOOK(struct hostent *, name, params)                                                                     \
    {                                                                                                        \
        struct hostent *host = REAL(name) args;                                                              \
        if (shim_on())                                                                                       \
            keep(asked, host);                                                                               \
        return host;                                                                                         \
    }

#define HOST_ROW_R(name, params, args)                                                                       \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        int failed = REAL(name) args;                                                                        \
        struct hostent *host = NULL;                                                                         \
        if (shim_on() && failed == 0 && user_copy(&host, found, sizeof host) == sizeof host)                 \
            keep(asked, host);                                                                               \
        return failed;                                                                                       \
    }

HOST_ROW(gethostbyname, (const char *asked), (asked))
HOST_ROW(gethostbyname2, (const char *asked, int family), (asked, family))
HOST_ROW_R(gethostbyname_r,
           (const char *asked, struct hostent *room, char *text, size_t n, struct hostent **found,
            int *error),
           (asked, room, text, n, found, error))
HOST_ROW_R(gethostbyname2_r,
           (const char *asked, int family, struct hostent *room, char *text, size_t n, struct hostent **found,
            int *error),
           (asked, family, room, text, n, found, error))
