/* OpenSSL's calls that move plaintext, of one library: included by openssl.c once for each place, with
 * LIBRARY as its name. No include guard. */

static const char *(*REAL(SSL_get_servername))(const SSL *, int);
static int (*REAL(SSL_get_fd))(const SSL *);

static struct tap_peer OURS(peer)(void *session)
{
    return (struct tap_peer){
        .name = REAL(SSL_get_servername) ? REAL(SSL_get_servername)(session, SNI_HOST_NAME) : NULL,
        .fd = REAL(SSL_get_fd) ? REAL(SSL_get_fd)(session) : -1,
    };
}

static void OURS(moved)(SSL *s, enum deep_direction way, const void *bytes, size_t n)
{
    if (n > 0 && bytes != at_work)
        tap_feed(s, OURS(peer), way, bytes, n, sending_since);
}

CALL(int, SSL_read, (SSL * s, void *buffer, int n))
{
    PASS_UNREAD(s, REAL(SSL_read)(s, buffer, n));
    int got = WITH(buffer, REAL(SSL_read)(s, buffer, n));
    if (got > 0)
        OURS(moved)(s, DEEP_RECEIVED, buffer, (size_t)got);
    return got;
}

CALL(int, SSL_read_ex, (SSL * s, void *buffer, size_t n, size_t *got))
{
    PASS_UNREAD(s, REAL(SSL_read_ex)(s, buffer, n, got));
    int ok = WITH(buffer, REAL(SSL_read_ex)(s, buffer, n, got));
    if (ok == 1)
        OURS(moved)(s, DEEP_RECEIVED, buffer, tap_stored(got));
    return ok;
}

CALL(int, SSL_read_early_data, (SSL * s, void *buffer, size_t n, size_t *got))
{
    PASS_UNREAD(s, REAL(SSL_read_early_data)(s, buffer, n, got));
    int status = WITH(buffer, REAL(SSL_read_early_data)(s, buffer, n, got));
    if (status == 1)
        OURS(moved)(s, DEEP_RECEIVED, buffer, tap_stored(got));
    return status;
}

CALL(int, SSL_write, (SSL * s, const void *bytes, int n))
{
    PASS_UNREAD(s, REAL(SSL_write)(s, bytes, n));
    int put = SENDING(bytes, REAL(SSL_write)(s, bytes, n));
    if (put > 0)
        OURS(moved)(s, DEEP_SENT, bytes, (size_t)put);
    return put;
}

CALL(int, SSL_write_ex, (SSL * s, const void *bytes, size_t n, size_t *put))
{
    PASS_UNREAD(s, REAL(SSL_write_ex)(s, bytes, n, put));
    int ok = SENDING(bytes, REAL(SSL_write_ex)(s, bytes, n, put));
    if (ok == 1)
        OURS(moved)(s, DEEP_SENT, bytes, tap_stored(put));
    return ok;
}

CALL(int, SSL_write_ex2, (SSL * s, const void *bytes, size_t n, uint64_t flags, size_t *put))
{
    PASS_UNREAD(s, REAL(SSL_write_ex2)(s, bytes, n, flags, put));
    int ok = SENDING(bytes, REAL(SSL_write_ex2)(s, bytes, n, flags, put));
    if (ok == 1)
        OURS(moved)(s, DEEP_SENT, bytes, tap_stored(put));
    return ok;
}

CALL(int, SSL_write_early_data, (SSL * s, const void *bytes, size_t n, size_t *put))
{
    PASS_UNREAD(s, REAL(SSL_write_early_data)(s, bytes, n, put));
    int ok = SENDING(bytes, REAL(SSL_write_early_data)(s, bytes, n, put));
    if (ok == 1)
        OURS(moved)(s, DEEP_SENT, bytes, tap_stored(put));
    return ok;
}

/* The kernel takes the file's bytes: they never pass by here. */
CALL(ssize_t, SSL_sendfile, (SSL * s, int fd, off_t offset, size_t n, int flags))
{
    ssize_t put = REAL(SSL_sendfile)(s, fd, offset, n, flags);
    if (put > 0)
        tap_lose(s);
    return put;
}

/* A session that libssl freed by itself may have stood at the same address. */
CALL(SSL *, SSL_new, (void *context))
{
    SSL *s = REAL(SSL_new)(context);
    if (s)
        tap_forget(s, true);
    return s;
}

CALL(void, SSL_free, (SSL * s))
{
    if (s)
        tap_forget(s, false);
    REAL(SSL_free)(s);
}

/* It may be used for another connection. */
CALL(int, SSL_clear, (SSL * s))
{
    tap_forget(s, true);
    return REAL(SSL_clear)(s);
}

static const struct slot_hook OURS(hooks)[] = {
    ASKED(SSL_get_servername),
    ASKED(SSL_get_fd),
    REPLACED(SSL_read),
    REPLACED(SSL_read_ex),
    REPLACED(SSL_write),
    REPLACED(SSL_write_ex),
    REPLACED(SSL_read_early_data),
    REPLACED(SSL_write_ex2),
    REPLACED(SSL_write_early_data),
    REPLACED(SSL_sendfile),
    REPLACED(SSL_new),
    REPLACED(SSL_clear),
    REPLACED(SSL_free),
};
