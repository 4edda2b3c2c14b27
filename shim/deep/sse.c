/* Lines; those of data go to the JSON reader as they come. */
#include "deep/sse.h"

#include <string.h>

enum { LINE_START, IN_NAME, IN_DATA, IN_OTHER };

static const char data_field[] = "data:";

void sse_begin(struct sse *s, struct json *json, void (*event)(void *owner), void *owner)
{
    *s = (struct sse){.json = json, .event = event, .owner = owner};
}

static void end_event(struct sse *s)
{
    if (s->any) {
        json_end(s->json);
        s->event(s->owner);
    }
    s->any = false;
}

/* A line ends with a line feed, a carriage return, or both. Lines are short. */
static size_t to_line_end(const char *bytes, size_t n)
{
    const char *feed = memchr(bytes, '\n', n);
    size_t most = feed ? (size_t)(feed - bytes) : n;
    const char *back = memchr(bytes, '\r', most);
    return back ? (size_t)(back - bytes) : most;
}

static size_t name_byte(struct sse *s, char c)
{
    if (c != data_field[s->matched]) {
        s->state = IN_OTHER;
        return 0;
    }
    if (!data_field[++s->matched]) {
        s->state = IN_DATA;
        if (s->any) /* lines of one text are joined */
            json_feed(s->json, "\n", 1);
        s->any = true;
    }
    return 1;
}

static size_t line_start(struct sse *s, char c)
{
    bool of_last = c == '\n' && s->after_return; /* both end one line */
    s->after_return = c == '\r';
    if (of_last)
        return 1;
    if (c == '\n' || c == '\r') {
        end_event(s);
        return 1;
    }
    s->state = IN_NAME;
    s->matched = 0;
    return 0;
}

static size_t to_next_line(struct sse *s, const char *bytes, size_t n)
{
    size_t run = to_line_end(bytes, n);
    if (s->state == IN_DATA)
        json_feed(s->json, bytes, run);
    if (run == n)
        return n;
    s->state = LINE_START;
    s->after_return = bytes[run] == '\r';
    return run + 1;
}

void sse_feed(struct sse *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        if (s->state == LINE_START) {
            i += line_start(s, bytes[i]);
        } else if (s->state == IN_NAME) {
            i += name_byte(s, bytes[i]);
        } else {
            i += to_next_line(s, bytes + i, n - i);
        }
    }
}

void sse_end(struct sse *s) { end_event(s); }
