/* /model/{id}/invoke, /…/models/{id}:rawPredict, and their streaming forms. */
#include "deep/endpoint.h"

#include <string.h>

struct part {
    const char *at;
    size_t bytes;
};

static bool ends_with(struct part path, const char *end)
{
    size_t n = strlen(end);
    return path.bytes >= n && memcmp(path.at + path.bytes - n, end, n) == 0;
}

/* What stands between the last `before` and `after` at the path's end; nothing: the path has another form. */
static struct part between(struct part path, const char *before, const char *after)
{
    size_t n = strlen(before);
    if (!ends_with(path, after))
        return (struct part){0};
    path.bytes -= strlen(after);
    for (size_t i = path.bytes; i >= n; i--)
        if (memcmp(path.at + i - n, before, n) == 0)
            return (struct part){path.at + i, path.bytes - i};
    return (struct part){0};
}

static int digit(char c)
{
    char small = (char)(c | 32);
    return c >= '0' && c <= '9' ? c - '0' : small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* An id with its percent signs undone; what is longer than the room is cut. */
static void copy_id(struct part id, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < id.bytes && n + 1 < room; i++) {
        bool code =
            id.at[i] == '%' && i + 2 < id.bytes && digit(id.at[i + 1]) >= 0 && digit(id.at[i + 2]) >= 0;
        to[n++] = code ? (char)(digit(id.at[i + 1]) << 4 | digit(id.at[i + 2])) : id.at[i];
        i += code ? 2 : 0;
    }
    to[n] = '\0';
}

struct endpoint endpoint_read(const char *path, size_t bytes, char *model, size_t room)
{
    static const struct {
        const char *before, *after;
        bool streaming;
    } forms[] = {
        {"/model/", "/invoke", false},
        {"/model/", "/invoke-with-response-stream", true},
        {"/models/", ":rawPredict", false},
        {"/models/", ":streamRawPredict", true},
    };
    struct part whole = {path, bytes};
    struct endpoint e = {false,
                         ends_with(whole, "/results") && memmem(path, bytes, "/messages/batches/", 18)};
    model[0] = '\0';
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct part id = between(whole, forms[i].before, forms[i].after);
        if (id.bytes == 0)
            continue;
        copy_id(id, model, room);
        e.streaming = forms[i].streaming;
    }
    return e;
}
