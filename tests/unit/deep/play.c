/* The recorder's side of the parsers, as lines of text. */
#include "play.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* cut: every part in two, that far from its beginning; 0: whole, SIZE_MAX:
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

void check_parts(const struct part *parts, bool aborted, const char *expected)
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
