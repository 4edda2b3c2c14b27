/* application/vnd.amazon.eventstream: frames whose payload is {"bytes": base64 of one event's JSON}. */
#ifndef DEEP_EVENTSTREAM_H
#define DEEP_EVENTSTREAM_H

#include "deep/json.h"

#define EVENTSTREAM_NAME 64u /* of a header or its value; what is longer is cut */

struct eventstream;

struct eventstream_user {
    void (*event)(void *owner); /* the JSON of one event was read to its end */
    /* A frame that reports an error: its name, and its own message. */
    void (*exception)(void *owner, const char *type, const char *message);
};

struct eventstream {
    const struct eventstream_user *user;
    void *owner;
    struct json *inner; /* of an event */
    struct json outer;  /* of a payload */
    bool broken, is_exception;
    uint8_t state, head[12];
    uint8_t value_kind, group_bytes;
    uint32_t at, headers_end, payload_end, end; /* bytes of the frame: read; and where its parts end */
    uint32_t left, group;                       /* of a header's part; base64 that is not whole */
    uint32_t text_bytes;
    char name[EVENTSTREAM_NAME], text[EVENTSTREAM_NAME], type[EVENTSTREAM_NAME], message[JSON_TEXT + 8];
};

void eventstream_begin(struct eventstream *, struct json *inner, const struct eventstream_user *,
                       void *owner);
void eventstream_feed(struct eventstream *, const char *bytes, size_t n);

#endif
