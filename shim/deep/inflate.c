/* zlib, brotli and zstd, with the arena for their memory. */
#include "deep/inflate.h"

#include "deep/arena.h"

#include <brotli/decode.h>
#include <string.h>
#include <zlib.h>
#define ZSTD_STATIC_LINKING_ONLY /* for the memory functions */
#include <zstd.h>

#define PIECE           16384u
#define ZSTD_WINDOW_LOG 23

/* What is left of the input, and the room for what comes of it. */
struct step {
    const char *in;
    size_t in_bytes, made;
    bool more; /* the room was full: there may be more without more input */
};

struct coding {
    const char *names[2];
    bool (*begin)(struct inflate *);
    bool (*step)(struct inflate *, struct step *); /* false: damaged */
    void (*end)(struct inflate *);
};

struct inflate {
    const struct coding *coding;
    bool started, ended, many, member; /* many: members may follow; member: one came whole */
    union {
        z_stream zlib;
        BrotliDecoderState *brotli;
        ZSTD_DStream *zstd;
    } as;
    char piece[PIECE];
};

static void *take(void *nothing, size_t bytes)
{
    (void)nothing;
    return arena_take(bytes);
}

static void give(void *nothing, void *memory)
{
    (void)nothing;
    arena_give(memory);
}

static voidpf take_items(voidpf nothing, uInt items, uInt size)
{
    (void)nothing;
    return arena_take((size_t)items * size);
}

/* ---- zlib ---- */

static bool zlib_start(struct inflate *i, int window)
{
    i->as.zlib.zalloc = take_items;
    i->as.zlib.zfree = give;
    i->started = inflateInit2(&i->as.zlib, window) == Z_OK;
    return i->started;
}

static bool gzip_begin(struct inflate *i)
{
    i->many = true;
    return zlib_start(i, 15 + 16);
}

/* By that name some servers send the bare format; the first byte tells. */
static bool deflate_begin(struct inflate *i)
{
    (void)i;
    return true;
}

static bool zlib_step(struct inflate *i, struct step *s)
{
    if (!i->started && !zlib_start(i, (s->in[0] & 15) == 8 ? 15 : -15))
        return false;
    z_stream *z = &i->as.zlib;
    z->next_in = (Bytef *)s->in;
    z->avail_in = (uInt)s->in_bytes;
    z->next_out = (Bytef *)i->piece;
    z->avail_out = PIECE;
    int status = inflate(z, Z_SYNC_FLUSH);
    s->in = (const char *)z->next_in;
    s->in_bytes = z->avail_in;
    s->made = PIECE - z->avail_out;
    s->more = z->avail_out == 0;
    i->ended = status == Z_STREAM_END && !i->many;
    if (status == Z_STREAM_END && i->many) { /* members may follow one another */
        i->member = true;
        return inflateReset(z) == Z_OK;
    }
    if (status < 0 && status != Z_BUF_ERROR && i->member && z->total_out == 0)
        i->ended = true; /* what follows is none, and no damage to what came */
    return i->ended || status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
}

static void zlib_end(struct inflate *i) { inflateEnd(&i->as.zlib); }

/* ---- brotli ---- */

static bool brotli_begin(struct inflate *i)
{
    i->as.brotli = BrotliDecoderCreateInstance(take, give, NULL);
    i->started = i->as.brotli != NULL;
    return i->started;
}

static bool brotli_step(struct inflate *i, struct step *s)
{
    const uint8_t *in = (const uint8_t *)s->in;
    uint8_t *out = (uint8_t *)i->piece;
    size_t room = PIECE;
    BrotliDecoderResult r = BrotliDecoderDecompressStream(i->as.brotli, &s->in_bytes, &in, &room, &out, NULL);
    s->in = (const char *)in;
    s->made = PIECE - room;
    s->more = r == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    i->ended = r == BROTLI_DECODER_RESULT_SUCCESS;
    return r != BROTLI_DECODER_RESULT_ERROR;
}

static void brotli_end(struct inflate *i) { BrotliDecoderDestroyInstance(i->as.brotli); }

/* ---- zstd ---- */

static bool zstd_begin(struct inflate *i)
{
    const ZSTD_customMem memory = {take, give, NULL};
    i->as.zstd = ZSTD_createDStream_advanced(memory);
    i->started = i->as.zstd != NULL;
    return i->started &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(i->as.zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

static bool zstd_step(struct inflate *i, struct step *s)
{
    ZSTD_inBuffer in = {s->in, s->in_bytes, 0};
    ZSTD_outBuffer out = {i->piece, PIECE, 0};
    size_t left = ZSTD_decompressStream(i->as.zstd, &out, &in);
    s->in += in.pos;
    s->in_bytes -= in.pos;
    s->made = out.pos;
    s->more = out.pos == PIECE;
    return !ZSTD_isError(left); /* frames may follow one another: it never ends by itself */
}

static void zstd_end(struct inflate *i) { ZSTD_freeDStream(i->as.zstd); }

/* ---- all of them ---- */

static const struct coding codings[] = {
    {{"gzip", "x-gzip"}, gzip_begin, zlib_step, zlib_end},
    {{"deflate", "deflate"}, deflate_begin, zlib_step, zlib_end},
    {{"br", "br"}, brotli_begin, brotli_step, brotli_end},
    {{"zstd", "zstd"}, zstd_begin, zstd_step, zstd_end},
};

static const struct coding *coding_of(const char *name, size_t bytes)
{
    for (size_t c = 0; c < sizeof codings / sizeof *codings; c++)
        for (size_t n = 0; n < 2; n++)
            if (strlen(codings[c].names[n]) == bytes && memcmp(codings[c].names[n], name, bytes) == 0)
                return &codings[c];
    return NULL;
}

bool inflate_begin(struct inflate **out, const char *coding, size_t bytes)
{
    *out = NULL;
    if (bytes == 0 || (bytes == 8 && memcmp(coding, "identity", 8) == 0))
        return true;
    const struct coding *found = coding_of(coding, bytes);
    struct inflate *i = found ? arena_take(sizeof *i) : NULL;
    if (!i)
        return false;
    i->coding = found;
    if (!found->begin(i)) {
        inflate_end(i);
        return false;
    }
    *out = i;
    return true;
}

bool inflate_feed(struct inflate *i, const char *bytes, size_t n, inflate_sink sink, void *owner)
{
    struct step s = {.in = bytes, .in_bytes = n};
    while (!i->ended && (s.in_bytes > 0 || s.more)) {
        size_t before = s.in_bytes;
        if (!i->coding->step(i, &s))
            return false;
        if (s.made > 0)
            sink(owner, i->piece, s.made);
        else if (s.in_bytes == before)
            break;
    }
    return true;
}

void inflate_end(struct inflate *i)
{
    if (i && i->started)
        i->coding->end(i);
    arena_give(i);
}
