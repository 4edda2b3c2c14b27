/* OTLP/JSON: requests of one video's spans and one video's metrics, as lines of a file or to a collector. */
#include "emit/export/otlp.h"
#include "emit/export/formats.h"
#include "emit/export/http_post.h"
#include "emit/json.h"

#include <stdlib.h>
#include <string.h>

#define SPANS_AT_ONCE 2000 /* collectors bound what they take in one piece */

/* Takes one request; path is where a collector listens for its kind. */
struct request_sink {
    int (*see)(struct request_sink *sink, const char *path, const json_t *request);
};

static int put_request(struct request_sink *sink, const char *path, const char *key, json_t *resource)
{
    json_t *request = json_object(), *list = json_array();
    json_array_append_new(list, resource);
    otlp_set(request, key, list);
    int status = sink->see(sink, path, request);
    json_decref(request);
    return status;
}

static int put_spans(struct request_sink *sink, const struct conclusion *run, const struct log *log,
                     uint32_t video)
{
    json_t *spans = otlp_spans(run, log, video);
    int status = 0;
    for (size_t i = 0; i < json_array_size(spans) && !status; i += SPANS_AT_ONCE) {
        json_t *some = json_array();
        for (size_t n = i; n < i + SPANS_AT_ONCE && n < json_array_size(spans); n++)
            json_array_append(some, json_array_get(spans, n));
        status = put_request(sink, "/v1/traces", "resourceSpans",
                             otlp_resource(run, log, "scopeSpans", "spans", some));
    }
    json_decref(spans);
    return status;
}

static int put_all(struct request_sink *sink, const struct conclusion *run)
{
    int status = 0;
    for (uint32_t video = 0; video < run->logs.count && !status; video++) {
        const struct log *log = VEC_AT(&run->logs, struct log, video);
        status = put_spans(sink, run, log, video);
        if (!status)
            status = put_request(
                sink, "/v1/metrics", "resourceMetrics",
                otlp_resource(run, log, "scopeMetrics", "metrics", otlp_metrics(run, log, video)));
    }
    return status;
}

struct line_sink {
    struct request_sink sink; /* first: its function casts back */
    FILE *out;
};

static int take_line(struct request_sink *sink, const char *path, const json_t *request)
{
    (void)path;
    FILE *out = ((struct line_sink *)sink)->out;
    json_put_compact(out, request);
    return putc('\n', out) == EOF ? -1 : 0;
}

int otlp_write(FILE *out, const struct conclusion *run, const struct export_options *options)
{
    (void)options;
    struct line_sink lines = {{take_line}, out};
    return put_all(&lines.sink, run);
}

struct http_sink {
    struct request_sink sink; /* first: its function casts back */
    const char *collector;
    struct err *err;
};

static int take_post(struct request_sink *sink, const char *path, const json_t *request)
{
    struct http_sink *http = (struct http_sink *)sink;
    char url[2048], *text = NULL;
    size_t bytes = 0, length = strlen(http->collector);
    while (length && http->collector[length - 1] == '/')
        length--;
    snprintf(url, sizeof url, "%.*s%s", (int)length, http->collector, path);
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return err_set(http->err, ERR_OUTPUT, "Memory is gone; nothing more was sent to %s.", url);
    json_put_compact(out, request);
    fclose(out);
    int status = http_post(url, "application/json", text, bytes, http->err);
    free(text);
    return status;
}

int otlp_store(const char *path, const struct conclusion *run, const struct export_options *options,
               struct err *err)
{
    (void)options;
    struct http_sink http = {{take_post}, path, err};
    bool url = strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0;
    return url ? put_all(&http.sink, run) : EXPORT_AS_FILE;
}
