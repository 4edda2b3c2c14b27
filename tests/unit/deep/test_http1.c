/* HTTP/1: an exchange tells the same, however its bytes were cut. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

START_TEST(a_message_with_its_length)
{
    const struct part parts[] = {
        SENT(ASKS),
        RECEIVED("HTTP/1.1 200 OK\r\nrequest-id: req_1\r\nSet-Cookie: CANARY\r\nContent-Type: "
                 "application/json\r\nContent-Length: 178\r\n\r\n" USES),
        END_OF_PARTS};
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
        END_OF_PARTS};
    check_parts(
        parts, false,
        "1 " ASKED "2 " ASKED
        "1 response 200  content-type: application/json\ntransfer-encoding: chunked\n1 " USED
        "1 end 0 first=0 sent=228 received=305\n2 response 204  \n2 end 0 first=0 sent=228 received=19\n");
}
END_TEST

/* The threads of a program may come back from their calls in another order than the bytes went. */
START_TEST(answers_that_are_seen_before_their_questions)
{
    static const char answers[] = "HTTP/1.1 200 OK\r\nrequest-id: req_1\r\nContent-Type: application/json\r\n"
                                  "Content-Length: 178\r\n\r\n" USES "HTTP/1.1 204 No\r\n\r\n";
    const struct part parts[] = {RECEIVED(answers), SENT(ASKS), SENT(ASKS), END_OF_PARTS};
    check_parts(parts, false,
                "1 " ASKED "1 response 200 req_1 content-type: application/json\ncontent-length: 178\n1 " USED
                "1 end 0 first=0 sent=228 received=269\n2 " ASKED
                "2 response 204  \n2 end 0 first=0 sent=228 received=19\n");
}
END_TEST

START_TEST(an_answer_to_half_a_question)
{
    const struct part parts[] = {SENT("POST /v1/messages HTTP/1.1\r\ncontent-length: 99\r\n\r\n{"),
                                 RECEIVED("HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n"), END_OF_PARTS};
    check_parts(
        parts, false,
        "1 request POST /v1/messages  stream=0 max=-1 attempt=-1 body=1\n1 response 413  content-length: 0\n"
        "1 end 0 first=0 sent=51 received=38\n");
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
        SENT(ASKS), RECEIVED("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" STREAM),
        END_OF_PARTS};
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
        END_OF_PARTS};
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
    const struct part parts[] = {SENT(ASKS), {DEEP_RECEIVED, whole, head + n}, END_OF_PARTS};
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
    const struct part parts[] = {SENT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), RECEIVED("\0\0\0\4"),
                                 END_OF_PARTS};
    check_parts(parts, false, "");
    const struct part broken[] = {SENT(ASKS), RECEIVED("nonsense\r\n"), END_OF_PARTS};
    check_parts(broken, false, "1 " ASKED "1 end 3 first=0 sent=228 received=10\n");
}
END_TEST

void add_http1(Suite *s)
{
    TCase *t = tcase_create("http1");
    tcase_add_test(t, a_message_with_its_length);
    tcase_add_test(t, two_messages_in_chunks_on_one_connection);
    tcase_add_test(t, answers_that_are_seen_before_their_questions);
    tcase_add_test(t, an_answer_to_half_a_question);
    tcase_add_test(t, a_stream_that_lasts_until_the_close);
    tcase_add_test(t, a_stream_that_breaks_off_and_an_error_in_one);
    tcase_add_test(t, a_compressed_answer);
    tcase_add_test(t, what_is_not_http_is_given_up);
    suite_add_tcase(s, t);
}
