/* The parsers of libvldeep.so: an exchange tells the same, however its bytes were cut. */
#include "deep/deep.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static char told[16384];

static void tell(const char *format, ...)
{
    size_t n = strlen(told);
    va_list list;
    va_start(list, format);
    vsnprintf(told + n, sizeof told - n, format, list);
    va_end(list);
}

static void *map(size_t bytes) { return calloc(1, bytes); }
static uint64_t ticks(void) { return 7; }
#define TEXT(t) (int)(t).bytes, (t).at

static void on_request(void *owner, const struct deep_request *r)
{
    (void)owner;
    tell("%lu request %.*s %.*s stream=%d max=%ld attempt=%ld body=%lu\n", r->stream, TEXT(r->endpoint),
         TEXT(r->model), r->streaming, (long)r->max_tokens, (long)r->attempt, r->body_bytes);
}

static void on_response(void *owner, const struct deep_response *r)
{
    (void)owner;
    tell("%lu response %u %.*s %.*s", r->stream, r->status, TEXT(r->request_id), TEXT(r->headers));
    tell("%s", r->headers.bytes ? "" : "\n");
}

static void on_usage(void *owner, const struct deep_usage *u)
{
    (void)owner;
    tell("%lu usage %.*s %.*s %ld %ld %ld %ld %ld %.*s\n", u->stream, TEXT(u->message_id), TEXT(u->model),
         (long)u->input_tokens, (long)u->output_tokens, (long)u->cache_write_5m_tokens,
         (long)u->cache_write_1h_tokens, (long)u->cache_read_tokens, TEXT(u->stop_reason));
}

static void on_error(void *owner, const struct deep_error *e)
{
    (void)owner;
    tell("%lu error %.*s: %.*s\n", e->stream, TEXT(e->type), TEXT(e->message));
}

static void on_end(void *owner, const struct deep_end *e)
{
    (void)owner;
    tell("%lu end %u first=%lu sent=%lu received=%lu\n", e->stream, e->how, e->first_token_ticks,
         e->sent_bytes, e->received_bytes);
}

static const struct deep_host host = {DEEP_VERSION, map,      ticks,  on_request, on_response,
                                      on_usage,     on_error, on_end, NULL};

struct part {
    enum deep_direction way;
    const void *bytes;
    size_t n;
};

/* Parts end with one without bytes. cut: every part in two, that far from its beginning; 0: whole, SIZE_MAX:
 * byte by byte. */
static void pass(const struct part *parts, size_t cut, bool aborted)
{
    const struct deep *deep = vldeep_begin(&host);
    struct deep_connection *c = deep->open(NULL, "api.anthropic.com:443");
    told[0] = '\0';
    for (; parts->bytes; parts++) {
        const char *b = parts->bytes;
        for (size_t i = 0; i < parts->n;) {
            size_t run = cut == SIZE_MAX ? 1 : i == 0 && cut > 0 && cut < parts->n ? cut : parts->n - i;
            char *copy = malloc(run); /* so that reading past it is noticed */
            memcpy(copy, b + i, run);
            deep->feed(c, parts->way, copy, run);
            free(copy);
            i += run;
        }
    }
    deep->close(c, aborted);
}

static void check_parts(const struct part *parts, bool aborted, const char *expected)
{
    size_t longest = 0;
    for (const struct part *p = parts; p->bytes; p++)
        longest = p->n > longest ? p->n : longest;
    for (size_t cut = 0; cut < longest; cut++) {
        pass(parts, cut, aborted);
        ck_assert_str_eq(told, expected);
    }
    pass(parts, SIZE_MAX, aborted);
    ck_assert_str_eq(told, expected);
}

#define SENT(text)                                                                                           \
    {                                                                                                        \
        DEEP_SENT, text, sizeof text - 1                                                                     \
    }
#define RECEIVED(text)                                                                                       \
    {                                                                                                        \
        DEEP_RECEIVED, text, sizeof text - 1                                                                 \
    }
#define ASKS                                                                                                 \
    "POST /v1/messages?beta=true HTTP/1.1\r\nHost: x\r\nX-Api-Key: sk-ant-CANARY\r\nContent-Type: "          \
    "application/json\r\nX-Stainless-Retry-Count: 1\r\nContent-Length: 73\r\n\r\n"                           \
    "{\"messages\": [{\"model\": \"no\"}], \"model\": \"m-1\", \"max_tokens\": 64, \"a\":{}}"
#define ASKED "request POST /v1/messages m-1 stream=0 max=64 attempt=1 body=73\n"
#define USES                                                                                                 \
    "{\"id\":\"msg_1\",\"model\":\"m-1-2\",\"content\":[{\"text\":\"\\u00e9\\\"\",\"id\":\"no\"}],"          \
    "\"usage\":{\"input_tokens\":12,\"output_tokens\":3,\"cache_read_input_tokens\":5,\"cache_creation_"     \
    "input_tokens\":4}}"
#define USED "usage msg_1 m-1-2 12 3 4 -1 5 \n"

START_TEST(a_message_with_its_length)
{
    const struct part parts[] = {
        SENT(ASKS),
        RECEIVED("HTTP/1.1 200 OK\r\nrequest-id: req_1\r\nSet-Cookie: CANARY\r\nContent-Type: "
                 "application/json\r\nContent-Length: 178\r\n\r\n" USES),
        {0, NULL, 0}};
    check_parts(parts, false,
                "1 " ASKED "1 response 200 req_1 content-type: application/json\ncontent-length: 178\n1 " USED
                "1 end 0 first=0 sent=228 received=289\n");
}
END_TEST

START_TEST(two_messages_in_chunks_on_one_connection)
{
    const struct part parts[] = {
        SENT(ASKS ASKS),
        RECEIVED("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                 "transfer-encoding: chunked\r\n\r\nb2;odd=1\r\n" USES "\r\n0\r\nt: 1\r\n\r\n"
                 "HTTP/1.1 204 No\r\n\r\n"),
        {0, NULL, 0}};
    check_parts(
        parts, false,
        "1 " ASKED "2 " ASKED
        "1 response 200  content-type: application/json\ntransfer-encoding: chunked\n1 " USED
        "1 end 0 first=0 sent=228 received=305\n2 response 204  \n2 end 0 first=0 sent=228 received=19\n");
}
END_TEST

#define STREAM                                                                                               \
    "event: message_start\ndata: "                                                                           \
    "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_2\",\"model\":\"m\",\"usage\":{\"input_tokens\":" \
    "9,\"output_tokens\":1}}}\n\n"                                                                           \
    "event: content_block_delta\r\ndata: "                                                                   \
    "{\"type\":\"content_block_delta\",\"delta\":{\"text\":\"usage\"}}\r\n\r\n"                              \
    ": ping\n\n"                                                                                             \
    "event: message_delta\ndata: "                                                                           \
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":30}}" \
    "\n\n"

START_TEST(a_stream_that_lasts_until_the_close)
{
    const struct part parts[] = {
        SENT(ASKS),
        RECEIVED("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" STREAM),
        {0, NULL, 0}};
    check_parts(parts, false,
                "1 " ASKED "1 response 200  content-type: text/event-stream\n1 usage msg_2 m 9 1 -1 -1 -1 \n"
                "1 usage msg_2 m 9 30 -1 -1 -1 end_turn\n1 end 0 first=7 sent=228 received=405\n");
}
END_TEST

START_TEST(a_stream_that_breaks_off_and_an_error_in_one)
{
    const struct part parts[] = {
        SENT(ASKS),
        RECEIVED(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n57\r\n"
            "event: error\ndata: "
            "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}"
            "\n\n\r\n5\r\nev"),
        {0, NULL, 0}};
    check_parts(parts, true,
                "1 " ASKED "1 response 200  content-type: text/event-stream\ntransfer-encoding: chunked\n"
                "1 error overloaded_error: m\n1 end 1 first=0 sent=228 received=178\n");
}
END_TEST

START_TEST(a_compressed_answer)
{
    char body[512], whole[1024];
    z_stream z = {.next_in = (Bytef *)USES,
                  .avail_in = sizeof USES - 1,
                  .next_out = (Bytef *)body,
                  .avail_out = sizeof body};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, 0), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = z.total_out;
    deflateEnd(&z);
    size_t head = (size_t)sprintf(whole,
                                  "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: "
                                  "application/json\r\ncontent-length: %zu\r\n\r\n",
                                  n);
    memcpy(whole + head, body, n);
    const struct part parts[] = {SENT(ASKS), {DEEP_RECEIVED, whole, head + n}, {0, NULL, 0}};
    char expected[1024];
    sprintf(
        expected,
        "1 " ASKED
        "1 response 200  content-encoding: gzip\ncontent-type: application/json\ncontent-length: %zu\n1 " USED
        "1 end 0 first=0 sent=228 received=%zu\n",
        n, head + n);
    check_parts(parts, false, expected);
}
END_TEST

START_TEST(what_is_not_http_is_given_up)
{
    const struct part parts[] = {
        SENT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), RECEIVED("\0\0\0\4"), {0, NULL, 0}};
    check_parts(parts, false, "");
    const struct part broken[] = {SENT(ASKS), RECEIVED("nonsense\r\n"), {0, NULL, 0}};
    check_parts(broken, false, "1 " ASKED "1 end 3 first=0 sent=228 received=10\n");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("deep");
    TCase *t = tcase_create("http1");
    tcase_add_test(t, a_message_with_its_length);
    tcase_add_test(t, two_messages_in_chunks_on_one_connection);
    tcase_add_test(t, a_stream_that_lasts_until_the_close);
    tcase_add_test(t, a_stream_that_breaks_off_and_an_error_in_one);
    tcase_add_test(t, a_compressed_answer);
    tcase_add_test(t, what_is_not_http_is_given_up);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
