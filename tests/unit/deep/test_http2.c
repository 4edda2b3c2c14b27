/* HTTP/2: frames cut anywhere, streams that overlap, tables that grow, and the ways in which a stream ends.
 */
#include "play.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#define BODY "{\"model\": \"m-1\", \"max_tokens\": 64, \"stream\": true}"
#define EVENTS                                                                                               \
    "data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_2\",\"model\":\"m\",\"usage\":"             \
    "{\"input_tokens\":9,\"output_tokens\":1}}}\n\ndata: {\"type\":\"message_stop\"}\n\n"
#define TOLD_REQUEST  "request POST /v1/messages m-1 stream=1 max=64 attempt=-1 body=50\n"
#define TOLD_RESPONSE "response 200 r content-type: text/event-stream\n"
#define TOLD_USAGE    "usage msg_2 m 9 1 -1 -1 -1 \n"

/* What one end says, put together. */
struct end {
    uint8_t bytes[8192];
    size_t n;
    nghttp2_hd_deflater *hpack;
};

static void begin(struct end *e, size_t table)
{
    *e = (struct end){0};
    ck_assert_int_eq(nghttp2_hd_deflate_new(&e->hpack, table), 0);
}

static void put(struct end *e, const void *bytes, size_t n)
{
    memcpy(e->bytes + e->n, bytes, n);
    e->n += n;
}

static void frame(struct end *e, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t n)
{
    const uint8_t head[9] = {(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, type, flags, 0, 0, 0,
                             (uint8_t)stream};
    put(e, head, sizeof head);
    put(e, payload, n);
}

#define FIELD(name, value)                                                                                   \
    {                                                                                                        \
        (uint8_t *)name, (uint8_t *)value, sizeof name - 1, sizeof value - 1, 0                              \
    }

static size_t block(struct end *e, const nghttp2_nv *fields, size_t n, uint8_t *out, size_t room)
{
    ssize_t made = nghttp2_hd_deflate_hd(e->hpack, out, room, fields, n);
    ck_assert_int_gt(made, 0);
    return (size_t)made;
}

/* In two frames, the first padded and with a priority. */
static void asks(struct end *e, uint32_t stream)
{
    static const nghttp2_nv fields[] = {FIELD(":method", "POST"), FIELD(":path", "/v1/messages?beta=true"),
                                        FIELD("content-type", "application/json"),
                                        FIELD("x-api-key", "CANARY")};
    uint8_t made[512], first[600] = {3, 0, 0, 0, 0, 9};
    size_t n = block(e, fields, sizeof fields / sizeof *fields, made, sizeof made), half = n / 2;
    memcpy(first + 6, made, half);
    frame(e, NGHTTP2_HEADERS, 0x8 | 0x20, stream, first, 6 + half + 3);
    frame(e, NGHTTP2_CONTINUATION, 0x4, stream, made + half, n - half);
    uint8_t data[128] = {2};
    memcpy(data + 1, BODY, sizeof BODY - 1);
    frame(e, NGHTTP2_DATA, 0x8 | 0x1, stream, data, sizeof BODY + 2);
}

static void answers(struct end *e, uint32_t stream)
{
    static const nghttp2_nv early[] = {FIELD(":status", "103"), FIELD("link", "x")};
    static const nghttp2_nv fields[] = {FIELD(":status", "200"), FIELD("content-type", "text/event-stream"),
                                        FIELD("request-id", "r"), FIELD("set-cookie", "CANARY")};
    uint8_t made[512];
    frame(e, NGHTTP2_HEADERS, 0x4, stream, made, block(e, early, 2, made, sizeof made));
    frame(e, NGHTTP2_HEADERS, 0x4, stream, made, block(e, fields, 4, made, sizeof made));
}

static void setting(struct end *e, uint16_t id, uint32_t value)
{
    const uint8_t entry[6] = {0,
                              (uint8_t)id,
                              (uint8_t)(value >> 24),
                              (uint8_t)(value >> 16),
                              (uint8_t)(value >> 8),
                              (uint8_t)value};
    frame(e, NGHTTP2_SETTINGS, 0, 0, entry, sizeof entry);
}

static void client(struct end *e, size_t table)
{
    begin(e, table);
    put(e, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    setting(e, 1, 65536);
}

static void check_ends(struct end *ours, struct end *theirs, const char *expected)
{
    const struct part parts[] = {
        {DEEP_SENT, ours->bytes, ours->n}, {DEEP_RECEIVED, theirs->bytes, theirs->n}, END_OF_PARTS};
    check_parts(parts, false, expected);
    nghttp2_hd_deflate_del(ours->hpack);
    nghttp2_hd_deflate_del(theirs->hpack);
}

START_TEST(streams_that_overlap_and_one_that_is_reset)
{
    struct end ours, theirs;
    client(&ours, 4096);
    begin(&theirs, 16384); /* as the client's setting allows */
    setting(&theirs, 1, 4096);
    for (uint32_t stream = 1; stream <= 5; stream += 2) {
        asks(&ours, stream);
        answers(&theirs, stream);
    }
    frame(&theirs, NGHTTP2_DATA, 0, 3, EVENTS, 40);
    frame(&theirs, NGHTTP2_DATA, 1, 1, EVENTS, sizeof EVENTS - 1);
    frame(&theirs, NGHTTP2_PING, 0, 0, "12345678", 8);
    frame(&theirs, NGHTTP2_DATA, 1, 3, &EVENTS[40], sizeof EVENTS - 1 - 40);
    frame(&theirs, NGHTTP2_RST_STREAM, 0, 5, "\0\0\0\10", 4);
    check_ends(&ours, &theirs,
               "1 " TOLD_REQUEST "3 " TOLD_REQUEST "5 " TOLD_REQUEST "1 " TOLD_RESPONSE "3 " TOLD_RESPONSE
               "5 " TOLD_RESPONSE "1 " TOLD_USAGE "1 end 0 first=0 sent=103 received=186\n"
               "3 " TOLD_USAGE "3 end 0 first=0 sent=77 received=158\n5 end 2 first=0 sent=77 received=17\n");
}
END_TEST

START_TEST(what_the_server_will_not_answer_ends_with_goaway)
{
    struct end ours, theirs;
    client(&ours, 4096);
    begin(&theirs, 4096);
    asks(&ours, 1);
    asks(&ours, 3);
    frame(&theirs, NGHTTP2_GOAWAY, 0, 0, "\0\0\0\1\0\0\0\0why", 11);
    answers(&theirs, 1);
    frame(&theirs, NGHTTP2_DATA, 0, 1, EVENTS, sizeof EVENTS - 1);
    check_ends(&ours, &theirs,
               "1 " TOLD_REQUEST "3 " TOLD_REQUEST "3 end 2 first=0 sent=77 received=0\n1 " TOLD_RESPONSE
               "1 " TOLD_USAGE "1 end 1 first=0 sent=103 received=186\n");
}
END_TEST

START_TEST(a_push_is_read_over_and_keeps_the_tables_right)
{
    static const nghttp2_nv promised[] = {FIELD(":method", "GET"), FIELD(":path", "/pushed"),
                                          FIELD("x-new", "entry")};
    struct end ours, theirs;
    client(&ours, 4096);
    begin(&theirs, 4096);
    asks(&ours, 1);
    uint8_t made[256] = {0, 0, 0, 2};
    size_t n = block(&theirs, promised, 3, made + 4, sizeof made - 4);
    frame(&theirs, NGHTTP2_PUSH_PROMISE, 0x4, 1, made, n + 4);
    answers(&theirs, 2);
    frame(&theirs, NGHTTP2_DATA, 1, 2, "pushed", 6);
    answers(&theirs, 1);
    frame(&theirs, NGHTTP2_DATA, 1, 1, EVENTS, sizeof EVENTS - 1);
    check_ends(&ours, &theirs,
               "1 " TOLD_REQUEST "1 " TOLD_RESPONSE "1 " TOLD_USAGE
               "1 end 0 first=0 sent=103 received=181\n");
}
END_TEST

START_TEST(a_table_that_its_encoder_makes_smaller)
{
    struct end ours, theirs;
    client(&ours, 4096);
    begin(&theirs, 4096);
    asks(&ours, 1);
    answers(&theirs, 1);
    frame(&theirs, NGHTTP2_DATA, 1, 1, EVENTS, sizeof EVENTS - 1);
    setting(&ours, 1, 0);
    nghttp2_hd_deflate_change_table_size(theirs.hpack, 0);
    asks(&ours, 3);
    answers(&theirs, 3);
    frame(&theirs, NGHTTP2_DATA, 1, 3, EVENTS, sizeof EVENTS - 1);
    check_ends(&ours, &theirs,
               "1 " TOLD_REQUEST "3 " TOLD_REQUEST "1 " TOLD_RESPONSE "1 " TOLD_USAGE
               "1 end 0 first=0 sent=103 received=186\n3 " TOLD_RESPONSE "3 " TOLD_USAGE
               "3 end 0 first=0 sent=77 received=189\n");
}
END_TEST

void add_http2(Suite *s)
{
    TCase *t = tcase_create("http2");
    tcase_add_test(t, streams_that_overlap_and_one_that_is_reset);
    tcase_add_test(t, what_the_server_will_not_answer_ends_with_goaway);
    tcase_add_test(t, a_push_is_read_over_and_keeps_the_tables_right);
    tcase_add_test(t, a_table_that_its_encoder_makes_smaller);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
}
