/* GnuTLS's calls that move plaintext, of one library: as openssl_calls.h. No include guard. */

static void (*REAL(gnutls_transport_get_int2))(session_t, int *, int *);
static void (*REAL(gnutls_packet_get))(void *packet, struct datum *, unsigned char *sequence);

static struct tap_peer OURS(peer)(void *session)
{
    struct tap_peer peer = {.name = names_of(session), .fd = -1};
    int sending;
    if (REAL(gnutls_transport_get_int2))
        REAL(gnutls_transport_get_int2)(session, &peer.fd, &sending);
    return peer;
}

static void OURS(moved)(session_t s, enum deep_direction way, const void *bytes, ssize_t n)
{
    if (n <= 0 || (bytes && bytes == at_work))
        return;
    if (bytes)
        tap_feed(s, OURS(peer), way, bytes, (size_t)n, sending_since);
    else
        tap_lose(s); /* a call repeated without its bytes */
}

CALL(ssize_t, gnutls_record_send, (session_t s, const void *bytes, size_t n))
{
    PASS_UNREAD(s, REAL(gnutls_record_send)(s, bytes, n));
    ssize_t put = SENDING(bytes, REAL(gnutls_record_send)(s, bytes, n));
    OURS(moved)(s, DEEP_SENT, bytes, put);
    return put;
}

CALL(ssize_t, gnutls_record_send2, (session_t s, const void *bytes, size_t n, size_t pad, unsigned flags))
{
    PASS_UNREAD(s, REAL(gnutls_record_send2)(s, bytes, n, pad, flags));
    ssize_t put = SENDING(bytes, REAL(gnutls_record_send2)(s, bytes, n, pad, flags));
    OURS(moved)(s, DEEP_SENT, bytes, put);
    return put;
}

CALL(ssize_t, gnutls_record_send_early_data, (session_t s, const void *bytes, size_t n))
{
    PASS_UNREAD(s, REAL(gnutls_record_send_early_data)(s, bytes, n));
    ssize_t put = SENDING(bytes, REAL(gnutls_record_send_early_data)(s, bytes, n));
    OURS(moved)(s, DEEP_SENT, bytes, put);
    return put;
}

CALL(ssize_t, gnutls_record_send_file, (session_t s, int fd, off_t *offset, size_t n))
{
    ssize_t put = REAL(gnutls_record_send_file)(s, fd, offset, n);
    if (put > 0)
        tap_lose(s);
    return put;
}

CALL(ssize_t, gnutls_record_recv, (session_t s, void *buffer, size_t n))
{
    PASS_UNREAD(s, REAL(gnutls_record_recv)(s, buffer, n));
    ssize_t got = WITH(buffer, REAL(gnutls_record_recv)(s, buffer, n));
    OURS(moved)(s, DEEP_RECEIVED, buffer, got);
    return got;
}

CALL(ssize_t, gnutls_record_recv_seq, (session_t s, void *buffer, size_t n, unsigned char *sequence))
{
    PASS_UNREAD(s, REAL(gnutls_record_recv_seq)(s, buffer, n, sequence));
    ssize_t got = WITH(buffer, REAL(gnutls_record_recv_seq)(s, buffer, n, sequence));
    OURS(moved)(s, DEEP_RECEIVED, buffer, got);
    return got;
}

CALL(ssize_t, gnutls_record_recv_early_data, (session_t s, void *buffer, size_t n))
{
    PASS_UNREAD(s, REAL(gnutls_record_recv_early_data)(s, buffer, n));
    ssize_t got = WITH(buffer, REAL(gnutls_record_recv_early_data)(s, buffer, n));
    OURS(moved)(s, DEEP_RECEIVED, buffer, got);
    return got;
}

CALL(ssize_t, gnutls_record_recv_packet, (session_t s, void **packet))
{
    ssize_t got = REAL(gnutls_record_recv_packet)(s, packet);
    struct datum data = {NULL, 0};
    if (got > 0 && REAL(gnutls_packet_get))
        REAL(gnutls_packet_get)(*packet, &data, NULL);
    OURS(moved)(s, DEEP_RECEIVED, data.bytes, got);
    return got;
}

CALL(int, gnutls_server_name_set, (session_t s, unsigned type, const void *name, size_t n))
{
    if (type == NAME_DNS) {
        tap_forget(s, true);
        names_keep(s, name, n);
    }
    return REAL(gnutls_server_name_set)(s, type, name, n);
}

CALL(void, gnutls_deinit, (session_t s))
{
    tap_forget(s, false);
    names_forget(s);
    REAL(gnutls_deinit)(s);
}

static const struct slot_hook OURS(hooks)[] = {
    ASKED(gnutls_transport_get_int2),    ASKED(gnutls_packet_get),
    REPLACED(gnutls_record_send),        REPLACED(gnutls_record_send2),
    REPLACED(gnutls_record_send_file),   REPLACED(gnutls_record_send_early_data),
    REPLACED(gnutls_record_recv),        REPLACED(gnutls_record_recv_seq),
    REPLACED(gnutls_record_recv_packet), REPLACED(gnutls_record_recv_early_data),
    REPLACED(gnutls_server_name_set),    REPLACED(gnutls_deinit),
};
