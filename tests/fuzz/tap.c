/* Fuzz target: whatever passes by on two connections, the parsers of libvldeep.so stay within their memory.
 * Input: pieces of (one byte: bit 0 the direction, bit 1 the connection, bits 2-7 the length / 4 + 1; bytes).
 */
#include "deep/deep.h"

#include <stdlib.h>
#include <string.h>

static void *map(size_t bytes) { return calloc(1, bytes); }
static uint64_t ticks(void) { return 1; }

static volatile uint64_t sum;

/* Every byte that is handed out can be read. */
static void look(struct deep_text t)
{
    for (size_t i = 0; i < t.bytes; i++)
        sum += (unsigned char)t.at[i];
}

static void on_request(void *owner, const struct deep_request *r)
{
    (void)owner;
    look(r->host);
    look(r->endpoint);
    look(r->model);
}

static void on_response(void *owner, const struct deep_response *r)
{
    (void)owner;
    look(r->request_id);
    look(r->headers);
}

static void on_usage(void *owner, const struct deep_usage *u)
{
    (void)owner;
    look(u->message_id);
    look(u->model);
    look(u->service_tier);
    look(u->stop_reason);
}

static void on_error(void *owner, const struct deep_error *e)
{
    (void)owner;
    look(e->type);
    look(e->message);
}

static void on_end(void *owner, const struct deep_end *e)
{
    (void)owner;
    sum += e->how;
}

static void on_content(void *owner, const struct deep_content *c)
{
    (void)owner;
    look(c->piece);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct deep_host host = {DEEP_VERSION, map,      ticks,  on_request, on_response,
                                          on_usage,     on_error, on_end, on_content};
    static const struct deep *deep;
    if (!deep)
        deep = vldeep_begin(&host);
    struct deep_connection *c[2] = {deep->open(NULL, "a:443"), deep->open(NULL, "b:443")};
    while (n > 1) {
        uint8_t head = *bytes++;
        size_t run = ((size_t)(head >> 2) + 1) * 4;
        n--;
        run = run < n ? run : n;
        void *copy = malloc(run); /* so that reading past it is noticed */
        memcpy(copy, bytes, run);
        deep->feed(c[head >> 1 & 1], (head & 1) ? DEEP_RECEIVED : DEEP_SENT, copy, run);
        free(copy);
        bytes += run;
        n -= run;
    }
    deep->close(c[0], false);
    deep->close(c[1], true);
    return 0;
}
