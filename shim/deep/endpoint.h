/* What a request's path says by itself: Bedrock and Vertex name the model there, and how the answer comes. */
#ifndef DEEP_ENDPOINT_H
#define DEEP_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

struct endpoint {
    bool streaming;
    bool batch_results; /* a line of JSON for each message of a batch */
};

/* path: without its query. model: room bytes, terminated; "" where the path names none. */
struct endpoint endpoint_read(const char *path, size_t bytes, char *model, size_t room);

#endif
