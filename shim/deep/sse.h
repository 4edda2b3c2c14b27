/* A text/event-stream: the data lines of an event are one JSON text. */
#ifndef DEEP_SSE_H
#define DEEP_SSE_H

#include "deep/json.h"

struct sse {
    struct json *json;
    void (*event)(void *owner); /* the event's JSON was read to its end */
    void *owner;
    uint8_t state, matched;
    bool any;          /* data came in this event */
    bool after_return; /* the last line ended with one: a line feed may belong to it */
};

void sse_begin(struct sse *, struct json *, void (*event)(void *owner), void *owner);
void sse_feed(struct sse *, const char *bytes, size_t n);
/* No more comes: an event without its empty line is one, too. */
void sse_end(struct sse *);

#endif
