/* Calls of the Claude API as they passed by: what was recorded of each, put together from any chunks.
 *
 * A call is known by its process, connection and stream. Each part says when it was recorded; should one
 * come twice, the later one by (ticks, sequence) counts. Numbers that were not named are API_UNKNOWN. */
#ifndef MODEL_FACTS_API_H
#define MODEL_FACTS_API_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define API_UNKNOWN UINT64_MAX

struct api_stamp {
    uint64_t ticks, took; /* raw; ticks at the end of what was recorded */
    uint64_t sequence;    /* chunk sequence << 32 | offset in the chunk */
    uint32_t tid, video;
    bool seen; /* false: this part was never recorded */
};

struct api_request {
    struct api_stamp stamp;
    struct str host, endpoint, model;
    uint64_t via; /* enum vl_api_via */
    uint64_t streaming, max_tokens, attempt, body_bytes;
};

struct api_response {
    struct api_stamp stamp;
    uint64_t status;
    struct str request_id, headers; /* headers: the allowed ones, one a line */
};

struct api_usage {
    struct api_stamp stamp;
    struct str message_id, model, service_tier, stop_reason;
    uint64_t input, output, cache_write_5m, cache_write_1h, cache_read, web_searches, web_fetches;
};

struct api_error {
    struct api_stamp stamp;
    struct str type, message;
};

struct api_end {
    struct api_stamp stamp;
    uint64_t how; /* enum vl_api_end */
    uint64_t first_token_ticks, sent_bytes, received_bytes;
};

struct api_call {
    uint32_t process; /* index of struct recorded_process */
    uint64_t connection, stream;
    struct api_request request;
    struct api_response response;
    struct api_usage usage;
    struct api_error error;
    struct api_end end;
};

#endif
