/* zlib behind the arena. */
#include "deep/inflate.h"

#include "deep/arena.h"

#include <string.h>
#include <zlib.h>

#define PIECE 16384u

struct inflate {
    z_stream z;
    bool ready, maybe_raw, ended; /* maybe_raw: "deflate" whose first byte is to come */
    char piece[PIECE];
};

static voidpf take(voidpf nothing, uInt items, uInt size)
{
    (void)nothing;
    return arena_take((size_t)items * size);
}

static void give(voidpf nothing, voidpf memory)
{
    (void)nothing;
    arena_give(memory);
}

static bool is(const char *coding, size_t bytes, const char *name)
{
    return bytes == strlen(name) && memcmp(coding, name, bytes) == 0;
}

static bool start(struct inflate *i, int window)
{
    i->z.zalloc = take;
    i->z.zfree = give;
    i->ready = inflateInit2(&i->z, window) == Z_OK;
    return i->ready;
}

bool inflate_begin(struct inflate **out, const char *coding, size_t bytes)
{
    *out = NULL;
    if (is(coding, bytes, "identity") || bytes == 0)
        return true;
    bool gzip = is(coding, bytes, "gzip") || is(coding, bytes, "x-gzip"),
         deflate = is(coding, bytes, "deflate");
    struct inflate *i = gzip || deflate ? arena_take(sizeof *i) : NULL;
    if (!i)
        return false;
    i->maybe_raw = deflate;
    if (gzip && !start(i, 15 + 16)) {
        arena_give(i);
        return false;
    }
    *out = i;
    return true;
}

/* Some servers send the bare format by that name: a zlib header's first byte has 8 as its lower half. */
static bool start_deflate(struct inflate *i, char first)
{
    i->maybe_raw = false;
    return start(i, (first & 15) == 8 ? 15 : -15);
}

bool inflate_feed(struct inflate *i, const char *bytes, size_t n,
                  void (*sink)(void *owner, const char *bytes, size_t n), void *owner)
{
    if (n == 0 || i->ended)
        return true;
    if (i->maybe_raw && !start_deflate(i, bytes[0]))
        return false;
    i->z.next_in = (Bytef *)bytes;
    i->z.avail_in = (uInt)n;
    do {
        i->z.next_out = (Bytef *)i->piece;
        i->z.avail_out = PIECE;
        int status = inflate(&i->z, Z_SYNC_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return false;
        sink(owner, i->piece, PIECE - i->z.avail_out);
        i->ended = status == Z_STREAM_END;
    } while (!i->ended && (i->z.avail_in > 0 || i->z.avail_out == 0));
    return true;
}

void inflate_end(struct inflate *i)
{
    if (i && i->ready)
        inflateEnd(&i->z);
    arena_give(i);
}
