/* Connections to listed hosts without TLS, as to a gateway on the machine itself: the bytes that the program
 * moves over their descriptors, if they are HTTP.
 *
 * Where there is no such connection a call that moves bytes costs one branch more. Any thread. */
#ifndef SHIM_PLAIN_H
#define SHIM_PLAIN_H

#include "deep/deep.h"
#include "shim.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* fd was connected, or begins to be. */
void plain_connected(int fd, const struct sockaddr *name, socklen_t length);

void plain_feed(int fd, enum deep_direction, const void *bytes, size_t n);
void plain_feed_parts(int fd, enum deep_direction, const struct iovec *parts, size_t count, size_t n);

/* Bytes passed that cannot be read here. */
void plain_lose(int fd);

/* The number means something else from now on. mark: what fds.h keeps for it. */
void plain_forget(int fd, uint8_t mark);

/* A fork's child knows none of its parent's. */
void plain_begin_child(void);

/* After a call that moved n bytes; errno is untouched. */
static inline void plain_moved(int fd, enum deep_direction way, const void *bytes, ssize_t n)
{
    if (unlikely(shim.plain != 0) && n > 0)
        plain_feed(fd, way, bytes, (size_t)n);
}

static inline void plain_moved_parts(int fd, enum deep_direction way, const struct iovec *parts, size_t count,
                                     ssize_t n)
{
    if (unlikely(shim.plain != 0) && n > 0)
        plain_feed_parts(fd, way, parts, count, (size_t)n);
}

#endif
