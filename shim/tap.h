/* The connections whose plaintext is read: a fixed table from a TLS library's session to its parser.
 *
 * No heap. A library lets one thread at a time work on a session in one direction; where two meet all the
 * same, or one in each direction, the second waits for some milliseconds and then gives the connection up.
 * Not from signal handlers. */
#ifndef SHIM_TAP_H
#define SHIM_TAP_H

#include "deep/deep.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tap_connection {
    void *session; /* atomic; NULL: the place is free */
    struct deep_connection *parser;
    uint64_t number; /* not met again in this process, exec or not */
    uint8_t via;     /* enum vl_api_via */
    uint8_t state;   /* atomic, see tap.c */
};

/* What a library knows of a session's other end; either may be missing. */
struct tap_peer {
    const char *name; /* as asked for by the client (SNI), NULL: not said */
    int fd;           /* -1: none, as with memory BIOs */
    bool plain;       /* without TLS */
};

typedef struct tap_peer (*tap_ask)(void *session);

/* The session is of a host that is not listed: nothing else is to be told of it. One look at a table. */
bool tap_is_unread(const void *session);

/* n bytes of plaintext went that way. since: ticks before they did. ask is called once per session. errno is
 * untouched. */
void tap_feed(void *session, tap_ask ask, enum deep_direction, const void *bytes, size_t n, uint64_t since);

/* The moment for what is found now: of what is sent, the one before it was. */
uint64_t tap_ticks(void);

/* Bytes went that way which cannot be read here: what the session says from now on is not understood. */
void tap_lose(void *session);

/* A fork's child knows none of its parent's sessions: what it does with them is not understood. */
void tap_begin_child(void);

/* The session begins or ends at that address. */
void tap_forget(void *session, bool aborted);

#endif
