/* Plays an exchange to the parsers, however its bytes are cut, and holds what they tell of it. */
#ifndef UNIT_DEEP_PLAY_H
#define UNIT_DEEP_PLAY_H

#include "deep/deep.h"

#include <check.h>

struct part {
    enum deep_direction way;
    const void *bytes;
    size_t n;
};

/* Parts end with one without bytes. Whole, cut in two at every place, and byte by byte. */
void check_parts(const struct part *parts, bool aborted, const char *expected);

void add_http1(Suite *);
void add_http2(Suite *);
void add_forms(Suite *);

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
#define END_OF_PARTS                                                                                         \
    {                                                                                                        \
        0, NULL, 0                                                                                           \
    }

#endif
