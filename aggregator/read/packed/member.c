/* Each column tries zlib's strategies and keeps the shortest: noise wants no search for repetitions. */
#include "read/packed/member.h"

#include "read/packed/pack_columns.h"

#include "base/diag.h"

#include "vl/event.h"

#include <string.h>
#include <zlib.h>

#define LEVEL      6
#define HEAD       16
#define GZIP_SIZES 16 /* where in a gzip member the two numbers are */

/* A column that is longer than what it is made of by more than this is none of ours. */
#define COLUMN_BYTES (2 * MEMBER_BYTES)

static const uint8_t magic[4] = {'V', 'L', 'Z', 1};

static uint32_t number_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_number(uint8_t *p, size_t number)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(number >> 8 * i);
}

/* Random bytes, taken apart, may need twice their room before deflating: a plain member then is shorter. */
size_t member_bound(void) { return compressBound(MEMBER_BYTES) + 4096; }

/* Returns the bytes it takes, or 0 where there is not room enough. */
static size_t deflate_column(const struct vec *column, int strategy, uint8_t *out, size_t room)
{
    z_stream z = {
        .next_in = column->items, .avail_in = (uInt)column->count, .next_out = out, .avail_out = (uInt)room};
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, -15, 8, strategy) != Z_OK)
        diag_no_memory();
    int status = deflate(&z, Z_FINISH);
    size_t length = z.total_out;
    deflateEnd(&z);
    return status == Z_STREAM_END ? length : 0;
}

static int best_strategy(const struct vec *column, uint8_t *scratch, size_t room)
{
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY};
    size_t shortest = SIZE_MAX;
    int best = Z_DEFAULT_STRATEGY;
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        size_t length = deflate_column(column, strategies[i], scratch, room);
        if (length && length < shortest) {
            shortest = length;
            best = strategies[i];
        }
    }
    return best;
}

/* NULL: it does not fit. */
static uint8_t *pack_column(unsigned key, const struct vec *column, uint8_t *out, const uint8_t *end)
{
    uint8_t *lengths = vl_put_varint(vl_put_varint(out, key), column->count);
    uint8_t *stream = lengths + VL_VARINT_MAX; /* its length comes before it */
    if (stream >= end)
        return NULL;
    size_t room = (size_t)(end - stream);
    size_t length = deflate_column(column, best_strategy(column, stream, room), stream, room);
    if (!length)
        return NULL;
    lengths = vl_put_varint(lengths, length);
    memmove(lengths, stream, length);
    return lengths + length;
}

/* 0: it takes more room than there is. */
static size_t pack_columns(const struct columns *columns, uint8_t *out)
{
    uint8_t *at = out + HEAD;
    const uint8_t *end = out + member_bound() - 4 * VL_VARINT_MAX;
    for (unsigned key = 0; key < COLUMN_COUNT && at; key++)
        if (columns->of[key].count)
            at = at < end ? pack_column(key, &columns->of[key], at, end) : NULL;
    return at ? (size_t)(at - out) : 0;
}

/* All in the column of pages. */
static size_t pack_plain(const uint8_t *from, size_t count, uint8_t *out)
{
    struct vec column = {.items = (uint8_t *)(uintptr_t)from, .count = count};
    uint8_t *end = pack_column(COLUMN_PLAIN, &column, out + HEAD, out + member_bound());
    if (!end)
        BUG("a member has more room than it can need");
    return (size_t)(end - out);
}

size_t member_pack(const uint8_t *from, size_t count, uint8_t *out)
{
    struct arena *arena = arena_new();
    struct columns *columns = ARENA_NEW(arena, struct columns);
    columns->arena = arena;
    pack_columns_split(columns, from, count);
    uint8_t *plain = arena_alloc(arena, member_bound());
    size_t length = pack_columns(columns, out), plain_length = pack_plain(from, count, plain);
    if (!length || plain_length < length) {
        memcpy(out, plain, plain_length);
        length = plain_length;
    }
    memcpy(out, magic, sizeof magic);
    put_number(out + 4, length);
    put_number(out + 8, count);
    put_number(out + 12, crc32(0, from, (uInt)count));
    arena_free(arena);
    return length;
}

static bool is_gzip(const uint8_t *header)
{
    static const uint8_t begin[] = {0x1f, 0x8b, 8, 4}; /* gzip, deflate, with an extra field */
    return memcmp(header, begin, sizeof begin) == 0 && header[10] == 12 && header[11] == 0 &&
           header[12] == 'V' && header[13] == 'L' && header[14] == 8;
}

bool member_begins(const uint8_t *header, size_t have, uint32_t *length, uint32_t *bytes)
{
    if (have < MEMBER_HEADER)
        return false;
    bool ours = memcmp(header, magic, sizeof magic) == 0;
    if (!ours && !is_gzip(header))
        return false;
    const uint8_t *sizes = header + (ours ? 4 : GZIP_SIZES);
    *length = number_at(sizes);
    *bytes = number_at(sizes + 4);
    return *length >= MEMBER_HEADER && *length <= member_bound() && *bytes && *bytes <= MEMBER_BYTES;
}

static bool inflate_into(const uint8_t *from, size_t length, uint8_t *out, size_t bytes, int bits)
{
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)from,
                  .avail_in = (uInt)length,
                  .next_out = out,
                  .avail_out = (uInt)bytes};
    if (inflateInit2(&z, bits) != Z_OK)
        diag_no_memory();
    int status = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return status == Z_STREAM_END && z.avail_out == 0;
}

static const uint8_t *read_column(struct columns *columns, const uint8_t *at, const uint8_t *end)
{
    uint64_t key, bytes, length;
    if (!(at = vl_get_varint(at, end, &key)) || !(at = vl_get_varint(at, end, &bytes)) ||
        !(at = vl_get_varint(at, end, &length)) || key >= COLUMN_COUNT || columns->of[key].count || !bytes ||
        bytes > COLUMN_BYTES || length > (size_t)(end - at))
        return NULL;
    struct vec *column = &columns->of[key];
    vec_reserve(columns->arena, column, 1, bytes);
    column->count = bytes;
    return inflate_into(at, length, column->items, bytes, -15) ? at + length : NULL;
}

static bool join(struct columns *columns, uint8_t *out, uint32_t bytes)
{
    if (columns->of[COLUMN_SHAPES].count)
        return pack_columns_join(columns, out, bytes);
    const struct vec *plain = &columns->of[COLUMN_PLAIN];
    if (plain->count != bytes)
        return false;
    memcpy(out, plain->items, bytes);
    return true;
}

bool member_unpack(const uint8_t *member, uint32_t length, uint8_t *out, uint32_t bytes)
{
    if (is_gzip(member))
        return inflate_into(member, length, out, bytes, 15 + 16);
    struct arena *arena = arena_new();
    struct columns *columns = ARENA_NEW(arena, struct columns);
    columns->arena = arena;
    const uint8_t *at = member + HEAD, *end = member + length;
    while (at && at < end)
        at = read_column(columns, at, end);
    bool good = at && join(columns, out, bytes) && crc32(0, out, bytes) == number_at(member + 12);
    arena_free(arena);
    return good;
}
