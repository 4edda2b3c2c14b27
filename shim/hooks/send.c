/* Bytes that sockets move, and descriptors that begin to mean something that has no path. */
#include "hook.h"
#include "plain.h"
#include "prompts.h"
#include "record.h"
#include "user_memory.h"

#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

/* ---- messages ---- */

/* What the kernel threw away (MSG_TRUNC) is nowhere to be read. */
static void plain_received(int fd, const void *data, ssize_t n, int flags)
{
    if (!(flags & MSG_TRUNC))
        plain_moved(fd, DEEP_RECEIVED, data, n);
    else if (shim.plain != 0)
        plain_lose(fd);
}

static void sent(int fd, const void *data, ssize_t n)
{
    plain_moved(fd, DEEP_SENT, data, n);
    if (unlikely(shim.prompts) && n > 0)
        prompts_written(fd, data, (size_t)n);
}

/* A message is looked at when the kernel has read it. */
static COLD void moved_parts(int fd, enum deep_direction way, const struct msghdr *of, ssize_t n)
{
    struct msghdr message;
    if (user_take_moved(&message, of, sizeof message) < sizeof message)
        return;
    plain_moved_parts(fd, way, message.msg_iov, message.msg_iovlen, n);
    if (unlikely(shim.prompts) && way == DEEP_SENT)
        prompts_written_parts(fd, message.msg_iov, message.msg_iovlen, (size_t)n);
}

static void message_moved(int fd, enum deep_direction way, const struct msghdr *message, ssize_t n)
{
    if (unlikely(shim.plain != 0 || shim.prompts) && n > 0)
        moved_parts(fd, way, message, n);
}

/* What a call only looks at stays where it is. */
#define SOCKET_ROW(code, name, params, args, then)                                                           \
    HOOK(ssize_t, name, params)                                                                              \
    {                                                                                                        \
        if (!shim_on() || (flags & MSG_PEEK))                                                                \
            return REAL(name) args;                                                                          \
        uint64_t start = clock_ticks();                                                                      \
        ssize_t n = REAL(name) args;                                                                         \
        record_move(code, fd, n, start);                                                                     \
        then;                                                                                                \
        return n;                                                                                            \
    }

SOCKET_ROW(VL_socket_recv, recv, (int fd, void *data, size_t bytes, int flags), (fd, data, bytes, flags),
           plain_received(fd, data, n, flags))
SOCKET_ROW(VL_socket_recv, __recv_chk, (int fd, void *data, size_t bytes, size_t room, int flags),
           (fd, data, bytes, room, flags), plain_received(fd, data, n, flags))
SOCKET_ROW(VL_socket_recv, recvfrom,
           (int fd, void *data, size_t bytes, int flags, void *from, socklen_t *length),
           (fd, data, bytes, flags, from, length), plain_received(fd, data, n, flags))
SOCKET_ROW(VL_socket_recv, __recvfrom_chk,
           (int fd, void *data, size_t bytes, size_t room, int flags, void *from, socklen_t *length),
           (fd, data, bytes, room, flags, from, length), plain_received(fd, data, n, flags))
SOCKET_ROW(VL_socket_recv, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags),
           message_moved(fd, DEEP_RECEIVED, message, n))
SOCKET_ROW(VL_socket_send, send, (int fd, const void *data, size_t bytes, int flags),
           (fd, data, bytes, flags), sent(fd, data, n))
SOCKET_ROW(VL_socket_send, __send, (int fd, const void *data, size_t bytes, int flags),
           (fd, data, bytes, flags), sent(fd, data, n))
SOCKET_ROW(VL_socket_send, sendto,
           (int fd, const void *data, size_t bytes, int flags, const void *to, socklen_t length),
           (fd, data, bytes, flags, to, length), sent(fd, data, n))
SOCKET_ROW(VL_socket_send, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags),
           message_moved(fd, DEEP_SENT, message, n))

static unsigned bytes_of_one(const struct mmsghdr *message)
{
    unsigned bytes = 0;
    user_copy(&bytes, &message->msg_len, sizeof bytes);
    return bytes;
}

static ssize_t bytes_of(const struct mmsghdr *messages, int count)
{
    ssize_t sum = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++)
        sum += bytes_of_one(&messages[i]);
    return sum;
}

#define MESSAGES_ROW(code, way, name, params, args)                                                          \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        if (!shim_on() || (flags & MSG_PEEK))                                                                \
            return REAL(name) args;                                                                          \
        uint64_t start = clock_ticks();                                                                      \
        int n = REAL(name) args;                                                                             \
        record_move(code, fd, bytes_of(messages, n), start);                                                 \
        for (int i = 0; i < n && unlikely(shim.plain != 0); i++)                                             \
            message_moved(fd, way, &messages[i].msg_hdr, bytes_of_one(&messages[i]));                        \
        return n;                                                                                            \
    }

MESSAGES_ROW(VL_socket_recv, DEEP_RECEIVED, recvmmsg,
             (int fd, struct mmsghdr *messages, unsigned most, int flags, struct timespec *limit),
             (fd, messages, most, flags, limit))
MESSAGES_ROW(VL_socket_send, DEEP_SENT, sendmmsg,
             (int fd, struct mmsghdr *messages, unsigned most, int flags), (fd, messages, most, flags))

/* ---- descriptors without a path ---- */

/* The number may have belonged to a file that was closed unseen; the kernel is asked when it is first used.
 */
#define FORGET_ROW(name, params, args)                                                                       \
    HOOK(int, name, params)                                                                                  \
    {                                                                                                        \
        int fd = REAL(name) args;                                                                            \
        if (shim_on() && fd >= 0)                                                                            \
            fds_clear(fd);                                                                                   \
        return fd;                                                                                           \
    }

FORGET_ROW(socket, (int family, int type, int protocol), (family, type, protocol))
FORGET_ROW(accept, (int from, void *name, socklen_t *length), (from, name, length))
FORGET_ROW(accept4, (int from, void *name, socklen_t *length, int flags), (from, name, length, flags))
FORGET_ROW(epoll_create, (int size), (size))
FORGET_ROW(epoll_create1, (int flags), (flags))
FORGET_ROW(eventfd, (unsigned value, int flags), (value, flags))
FORGET_ROW(timerfd_create, (clockid_t clock, int flags), (clock, flags))
FORGET_ROW(inotify_init, (void), ())
FORGET_ROW(inotify_init1, (int flags), (flags))
FORGET_ROW(memfd_create, (const char *name, unsigned flags), (name, flags))
FORGET_ROW(pidfd_open, (pid_t pid, unsigned flags), (pid, flags))
FORGET_ROW(pidfd_getfd, (int pidfd, int fd_there, unsigned flags), (pidfd, fd_there, flags))
FORGET_ROW(posix_openpt, (int flags), (flags))
FORGET_ROW(getpt, (void), ())

HOOK(int, signalfd, (int fd, const sigset_t *mask, int flags))
{
    int made = REAL(signalfd)(fd, mask, flags);
    if (shim_on() && fd < 0 && made >= 0)
        fds_clear(made);
    return made;
}
