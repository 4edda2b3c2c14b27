/* One call: what its request and its answer say, told to the recorder as soon as it is known. */
#ifndef DEEP_CALL_H
#define DEEP_CALL_H

#include "deep/deep.h"
#include "deep/eventstream.h"
#include "deep/json.h"
#include "deep/sse.h"

#define CALL_METHOD  16u /* what is longer is cut */
#define CALL_NAME    128u
#define CALL_TARGET  512u
#define CALL_HEADERS 2048u

struct inflate;

/* What a body turned out to be by its content-type. */
enum call_body { CALL_SKIP, CALL_JSON, CALL_SSE, CALL_EVENTS, CALL_LINES };

struct call {
    void *owner;
    const char *host;
    uint64_t stream;
    char target[CALL_TARGET]; /* method and path */
    char model[CALL_NAME];
    bool streaming, batch_results, request_told, is_head, error_told, usage_news;
    bool undecodable; /* the answer's content-encoding */
    bool stopped;     /* the stream's own last event came */
    uint64_t lines, begin_ticks, max_tokens, attempt, body_bytes, sent_bytes, received_bytes,
        first_token_ticks, shown[2];
    enum call_body request_body, response_body;
    struct json request, response;
    struct sse sse;
    struct eventstream events;
    struct inflate *inflate; /* of the answer; NULL: as it is */
    unsigned status;
    char request_id[CALL_NAME], headers[CALL_HEADERS];
    size_t headers_bytes;
    struct deep_usage usage;
    char message_id[CALL_NAME], answered_model[CALL_NAME], tier[CALL_NAME], stop[CALL_NAME];
    char error_type[CALL_NAME], error_message[JSON_TEXT + 8], error_code[CALL_NAME], event_type[CALL_NAME];
    uint64_t cache_write_tokens;
};

/* NULL: no memory. host lives as long as the call. */
struct call *call_begin(void *owner, const char *host, uint64_t stream);
void call_end(struct call *, unsigned how); /* tells the end and gives the call up */
/* Whether an answer that lasts until the close seems to be there to its end. */
bool call_is_whole(const struct call *);

/* "POST", "/v1/messages?beta=true" */
void call_target(struct call *, const char *method, size_t method_bytes, const char *path, size_t path_bytes);
/* Names in lower case. */
void call_request_header(struct call *, const char *name, const char *value, size_t bytes);
void call_request_body(struct call *, const char *bytes, size_t n);
void call_request_end(struct call *);

void call_status(struct call *, unsigned status);
void call_response_header(struct call *, const char *name, const char *value, size_t bytes);
void call_response_begin(struct call *); /* the headers are whole */
void call_response_body(struct call *, const char *bytes, size_t n);

/* Between the files of this room: the fields by their paths; what is told; a JSON text that is whole. */
extern const struct json_user call_request_fields, call_response_fields;
void call_copy(char *to, size_t room, const char *from, size_t bytes); /* cut to the room, terminated */
uint64_t call_number(const char *text, size_t bytes);
void call_clear_answer(struct call *);
void call_tell_request(struct call *);
void call_tell_response(struct call *);
void call_tell_end(struct call *, unsigned how);
void call_document_end(void *call);

#endif
