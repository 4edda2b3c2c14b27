/* The API's other forms: Bedrock's frames, Vertex's paths, batches, gateways with line ends of their own. */
#include "play.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define POSTS(path, length)                                                                                  \
    "POST " path " HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: " length "\r\n\r\n"
#define ANSWERS(type) "HTTP/1.1 200 OK\r\ncontent-type: " type "\r\n\r\n"

struct built {
    char bytes[4096];
    size_t n;
};

static void put(struct built *b, const void *bytes, size_t n)
{
    memcpy(b->bytes + b->n, bytes, n);
    b->n += n;
}

static void put_number(struct built *b, size_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};
    put(b, bytes, 4);
}

static void put_header(struct built *b, const char *name, const char *value)
{
    const uint8_t length = (uint8_t)strlen(name), kind[3] = {7, 0, (uint8_t)strlen(value)};
    put(b, &length, 1);
    put(b, name, length);
    put(b, kind, 3);
    put(b, value, strlen(value));
}

/* A frame of application/vnd.amazon.eventstream; its checksums are of no concern here. */
static void put_frame(struct built *b, const char *kind, const char *what, const char *payload)
{
    struct built headers = {.n = 0};
    put_header(&headers, ":message-type", kind);
    put_header(&headers, strcmp(kind, "event") == 0 ? ":event-type" : ":exception-type", what);
    put(&headers, "\4flag\0\4size\4\0\0\0\1", 16);
    put_number(b, 16 + headers.n + strlen(payload));
    put_number(b, headers.n);
    put_number(b, 0);
    put(b, headers.bytes, headers.n);
    put(b, payload, strlen(payload));
    put_number(b, 0);
}

static void put_event(struct built *b, const char *event)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char payload[2048] = "{\"bytes\":\"", *to = payload + strlen(payload);
    size_t n = strlen(event);
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)(uint8_t)event[i] << 16 |
                     (i + 1 < n ? (unsigned)(uint8_t)event[i + 1] << 8 : 0) |
                     (i + 2 < n ? (uint8_t)event[i + 2] : 0);
        *to++ = letters[v >> 18];
        *to++ = letters[v >> 12 & 63];
        *to++ = i + 1 < n ? letters[v >> 6 & 63] : '=';
        *to++ = i + 2 < n ? letters[v & 63] : '=';
    }
    strcpy(to, "\",\"p\":\"abcd\"}");
    put_frame(b, "event", "chunk", payload);
}

#define BEDROCK POSTS("/model/anthropic.m-1%3A0/invoke-with-response-stream", "18") "{\"max_tokens\": 64}"

START_TEST(bedrocks_frames_hold_the_events)
{
    struct built b = {.n = 0};
    put(&b, ANSWERS("application/vnd.amazon.eventstream"),
        sizeof ANSWERS("application/vnd.amazon.eventstream") - 1);
    put_event(&b, "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_b\",\"model\":\"m\",\"usage\":"
                  "{\"input_tokens\":9,\"output_tokens\":1}}}");
    put_event(&b, "{\"type\":\"content_block_delta\",\"delta\":{\"text\":\"usage\"}}");
    put_event(&b, "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_"
                  "tokens\":30}}");
    put_event(&b, "{\"type\":\"message_stop\"}");
    const struct part parts[] = {SENT(BEDROCK), {DEEP_RECEIVED, b.bytes, b.n}, END_OF_PARTS};
    check_parts(
        parts, false,
        "1 request POST /model/anthropic.m-1%3A0/invoke-with-response-stream anthropic.m-1:0 stream=1 max=64 "
        "attempt=-1 body=18\n1 response 200  content-type: application/vnd.amazon.eventstream\n"
        "1 usage msg_b m 9 1 -1 -1 -1 \n1 usage msg_b m 9 30 -1 -1 -1 end_turn\n"
        "1 end 0 first=7 sent=140 received=829\n");
}
END_TEST

START_TEST(an_exception_in_a_frame_and_one_as_the_whole_answer)
{
    struct built b = {.n = 0};
    put(&b, ANSWERS("application/vnd.amazon.eventstream"),
        sizeof ANSWERS("application/vnd.amazon.eventstream") - 1);
    put_frame(&b, "exception", "throttlingException", "{\"message\":\"Too many\"}");
    const struct part parts[] = {SENT(BEDROCK), {DEEP_RECEIVED, b.bytes, b.n}, END_OF_PARTS};
    check_parts(
        parts, false,
        "1 request POST /model/anthropic.m-1%3A0/invoke-with-response-stream anthropic.m-1:0 stream=1 max=64 "
        "attempt=-1 body=18\n1 response 200  content-type: application/vnd.amazon.eventstream\n"
        "1 error throttlingException: Too many\n1 end 0 first=0 sent=140 received=187\n");
    const struct part refused[] = {
        SENT(BEDROCK),
        RECEIVED(
            "HTTP/1.1 429 X\r\nx-amzn-RequestId: id-1\r\nx-amzn-ErrorType: ThrottlingException:http://x/\r\n"
            "content-type: application/json\r\ncontent-length: 22\r\n\r\n{\"message\":\"Too many\"}"),
        END_OF_PARTS};
    check_parts(
        refused, false,
        "1 request POST /model/anthropic.m-1%3A0/invoke-with-response-stream anthropic.m-1:0 stream=1 max=64 "
        "attempt=-1 body=18\n1 response 429 id-1 content-type: application/json\ncontent-length: 22\n"
        "1 error ThrottlingException: Too many\n1 end 0 first=0 sent=140 received=165\n");
}
END_TEST

START_TEST(vertex_names_the_model_in_the_path)
{
    const struct part parts[] = {
        SENT(POSTS("/v1/projects/p/locations/l/publishers/anthropic/models/m-1@2025:streamRawPredict",
                   "16") "{\"max_tokens\":8}"),
        RECEIVED(ANSWERS(
            "text/event-stream") "data: {\"type\":\"message_start\",\"message\":{\"id\":\"v\",\"model\":"
                                 "\"m\",\"usage\":{\"input_tokens\":9}}}\r\rdata:\rdata: {\"type\":\ndata: "
                                 "\"message_stop\"}\r\n\r\n"),
        END_OF_PARTS};
    check_parts(parts, false,
                "1 request POST "
                "/v1/projects/p/locations/l/publishers/anthropic/models/m-1@2025:streamRawPredict m-1@2025 "
                "stream=1 max=8 attempt=-1 body=16\n1 response 200  content-type: text/event-stream\n"
                "1 usage v m 9 -1 -1 -1 -1 \n1 end 0 first=0 sent=166 received=190\n");
}
END_TEST

START_TEST(a_stream_that_the_close_cuts_is_not_whole)
{
    const struct part parts[] = {
        SENT(POSTS("/v1/messages", "2") "{}"),
        RECEIVED(ANSWERS(
            "text/event-stream") "data: {\"type\":\"message_start\",\"message\":{\"id\":\"v\",\"model\":"
                                 "\"m\",\"usage\":{\"input_tokens\":9}}}\n\n"),
        END_OF_PARTS};
    check_parts(parts, false,
                "1 request POST /v1/messages  stream=0 max=-1 attempt=-1 body=2\n"
                "1 response 200  content-type: text/event-stream\n1 usage v m 9 -1 -1 -1 -1 \n"
                "1 end 1 first=0 sent=83 received=144\n");
}
END_TEST

START_TEST(each_message_of_a_batch_is_a_call)
{
    const struct part parts[] = {
        SENT("GET /v1/messages/batches/b_1/results HTTP/1.1\r\n\r\n"),
        RECEIVED(ANSWERS("application/x-jsonl") "{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\","
                                                "\"message\":{\"id\":\"msg_a\",\"model\":\"m\","
                                                "\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,"
                                                "\"output_tokens\":2}}}}\n"
                                                "{\"custom_id\":\"b\",\"result\":{\"type\":\"errored\","
                                                "\"error\":{\"type\":\"error\",\"error\":{\"type\":"
                                                "\"api_error\",\"message\":\"x\"}}}}\n{\"custom_id\":\"c\","
                                                "\"result\":{\"type\":\"expired\"}}"),
        END_OF_PARTS};
    check_parts(
        parts, false,
        "1 request GET /v1/messages/batches/b_1/results  stream=0 max=-1 attempt=-1 body=0\n"
        "1 response 200  content-type: application/x-jsonl\n"
        "4294967297 request GET /v1/messages/batches/b_1/results m stream=0 max=-1 attempt=-1 body=0\n"
        "4294967297 response 200  content-type: application/x-jsonl\n"
        "4294967297 usage msg_a m 1 2 -1 -1 -1 end_turn\n4294967297 end 0 first=0 sent=0 received=0\n"
        "8589934593 request GET /v1/messages/batches/b_1/results  stream=0 max=-1 attempt=-1 body=0\n"
        "8589934593 response 200  content-type: application/x-jsonl\n"
        "8589934593 error api_error: x\n8589934593 end 0 first=0 sent=0 received=0\n"
        "1 end 0 first=0 sent=49 received=368\n");
}
END_TEST

START_TEST(gzip_in_members_with_something_behind)
{
    static const char *const halves[] = {"{\"id\":\"g\",\"model\":\"m\",\"usage\":{\"input_t",
                                         "okens\":7,\"output_tokens\":8}}"};
    struct built b = {.n = 0};
    put(&b, "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\n\r\n", 75);
    for (int i = 0; i < 2; i++) {
        char out[256];
        z_stream z = {.next_in = (Bytef *)halves[i],
                      .avail_in = (uInt)strlen(halves[i]),
                      .next_out = (Bytef *)out,
                      .avail_out = sizeof out};
        ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, 0), Z_OK);
        ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
        put(&b, out, z.total_out);
        deflateEnd(&z);
    }
    put(&b, "behind", 6);
    const struct part parts[] = {
        SENT("POST /v1/messages HTTP/1.1\r\n\r\n"), {DEEP_RECEIVED, b.bytes, b.n}, END_OF_PARTS};
    char expected[512];
    sprintf(
        expected,
        "1 request POST /v1/messages  stream=0 max=-1 attempt=-1 body=0\n1 response 200  content-encoding: "
        "gzip\n"
        "content-type: application/json\n1 usage g m 7 8 -1 -1 -1 \n1 end 0 first=0 sent=30 received=%zu\n",
        b.n);
    check_parts(parts, false, expected);
}
END_TEST

void add_forms(Suite *s)
{
    TCase *t = tcase_create("forms");
    tcase_add_test(t, bedrocks_frames_hold_the_events);
    tcase_add_test(t, an_exception_in_a_frame_and_one_as_the_whole_answer);
    tcase_add_test(t, vertex_names_the_model_in_the_path);
    tcase_add_test(t, a_stream_that_the_close_cuts_is_not_whole);
    tcase_add_test(t, each_message_of_a_batch_is_a_call);
    tcase_add_test(t, gzip_in_members_with_something_behind);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
}
