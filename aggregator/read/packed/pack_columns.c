/* Splitting and joining, function by function side by side.
 *
 * Times are what varies most. An event's `since` is its `took` and the pause before it: the pause is kept in
 * its place, which varies less. Numbers go as their lowest byte and the rest, since the one is noise and the
 * other hardly changes. Only numbers in their shortest form are taken apart, as every one the recorder
 * writes. */
#include "read/packed/pack_columns.h"

#include "vl/event.h"
#include "vl/spool.h"

#include <string.h>

enum shape { SHAPE_PLAIN, SHAPE_CHUNK };

#define NUMBER_MAX (1ull << 62) /* below it, differences are safe */

/* Bytes being taken apart, or put together. */
struct stretch {
    struct columns *columns;
    const uint8_t *from, *from_end;
    uint8_t *to, *to_end;
};

static void append(struct columns *c, unsigned key, const void *bytes, size_t count)
{
    struct vec *column = &c->of[key];
    if (column->count + count > column->capacity)
        vec_reserve(c->arena, column, 1, 2 * (column->count + count) + 64);
    if (count)
        memcpy((uint8_t *)column->items + column->count, bytes, count);
    column->count += count;
}

static void put_number(struct columns *c, unsigned key, uint64_t number)
{
    uint8_t bytes[VL_VARINT_MAX];
    append(c, key, bytes, (size_t)(vl_put_varint(bytes, number) - bytes));
}

static bool get(struct columns *c, unsigned key, void *bytes, size_t count)
{
    const struct vec *column = &c->of[key];
    if (count > column->count - c->at[key])
        return false;
    if (count)
        memcpy(bytes, VEC_AT(column, uint8_t, c->at[key]), count);
    c->at[key] += count;
    return true;
}

static bool get_number(struct columns *c, unsigned key, uint64_t *number)
{
    const struct vec *column = &c->of[key];
    const uint8_t *begin = column->items, *at = begin ? begin + c->at[key] : NULL;
    const uint8_t *after = at ? vl_get_varint(at, begin + column->count, number) : NULL;
    if (!after)
        return false;
    c->at[key] = (size_t)(after - begin);
    return true;
}

static unsigned value_key(uint8_t code, unsigned value)
{
    return COLUMN_VALUES + 2 * (5 * (code - 128u) + value);
}

static inline void put_byte(struct columns *c, unsigned key, uint8_t byte)
{
    struct vec *column = &c->of[key];
    if (column->count < column->capacity)
        ((uint8_t *)column->items)[column->count++] = byte;
    else
        append(c, key, &byte, 1);
}

static inline bool get_byte(struct columns *c, unsigned key, uint8_t *byte)
{
    const struct vec *column = &c->of[key];
    if (c->at[key] == column->count)
        return false;
    *byte = ((const uint8_t *)column->items)[c->at[key]++];
    return true;
}

/* The rest of most numbers is a byte, too. */
static inline void put_value(struct columns *c, unsigned key, uint64_t value)
{
    put_byte(c, key, (uint8_t)value);
    if (value >> 8 < 0x80)
        put_byte(c, key + 1, (uint8_t)(value >> 8));
    else
        put_number(c, key + 1, value >> 8);
}

static inline bool get_value(struct columns *c, unsigned key, uint64_t *value)
{
    const struct vec *rest = &c->of[key + 1];
    uint8_t low;
    uint64_t high;
    if (!get_byte(c, key, &low) || c->at[key + 1] == rest->count)
        return false;
    if ((high = *VEC_AT(rest, uint8_t, c->at[key + 1])) < 0x80)
        c->at[key + 1]++;
    else if (!get_number(c, key + 1, &high) || high >> 56)
        return false;
    *value = high << 8 | low;
    return true;
}

/* A number in its shortest form; NULL: it is none, or too large. */
static const uint8_t *read_number(const uint8_t *at, const uint8_t *end, uint64_t *number)
{
    const uint8_t *after = vl_get_varint(at, end, number);
    if (!after || *number >= NUMBER_MAX || (after[-1] == 0 && after - at > 1))
        return NULL;
    return after;
}

static inline bool write_number(struct stretch *s, uint64_t number)
{
    uint8_t bytes[VL_VARINT_MAX];
    if (s->to_end - s->to >= VL_VARINT_MAX) {
        s->to = vl_put_varint(s->to, number);
        return true;
    }
    size_t count = (size_t)(vl_put_varint(bytes, number) - bytes);
    if ((size_t)(s->to_end - s->to) < count)
        return false;
    memcpy(s->to, bytes, count);
    s->to += count;
    return true;
}

/* -- events ---------------------------------------------------------------------------------------- */

static bool split_compact(struct stretch *s, uint8_t code)
{
    uint64_t values[5];
    unsigned count = vl_compact_varints(code);
    const uint8_t *at = s->from + 1;
    for (unsigned i = 0; i < count; i++)
        if (!(at = read_number(at, s->from_end, &values[i])))
            return false;
    values[0] = vl_zigzag((int64_t)(values[0] - values[1]));
    for (unsigned i = 0; i < count; i++)
        put_value(s->columns, value_key(code, i), values[i]);
    s->from = at;
    return true;
}

static bool join_compact(struct stretch *s, uint8_t code)
{
    uint64_t values[5];
    unsigned count = vl_compact_varints(code);
    for (unsigned i = 0; i < count; i++)
        if (!get_value(s->columns, value_key(code, i), &values[i]))
            return false;
    values[0] = (uint64_t)vl_unzigzag(values[0]) + values[1];
    for (unsigned i = 0; i < count; i++)
        if (!write_number(s, values[i]))
            return false;
    return true;
}

static bool split_long(struct stretch *s, uint8_t code)
{
    uint64_t length;
    const uint8_t *body = read_number(s->from + 1, s->from_end, &length);
    if (!body || length > (size_t)(s->from_end - body))
        return false;
    put_number(s->columns, COLUMN_LENGTHS, length);
    append(s->columns, COLUMN_BODIES + code, body, length);
    s->from = body + length;
    return true;
}

static bool join_long(struct stretch *s, uint8_t code)
{
    uint64_t length;
    if (!get_number(s->columns, COLUMN_LENGTHS, &length) || !write_number(s, length) ||
        length > (size_t)(s->to_end - s->to) || !get(s->columns, COLUMN_BODIES + code, s->to, length))
        return false;
    s->to += length;
    return true;
}

/* Up to what is none. */
static void split_events(struct stretch *s)
{
    while (s->from < s->from_end && *s->from) {
        uint8_t code = *s->from;
        if (!(code & VL_COMPACT ? split_compact(s, code) : split_long(s, code)))
            break;
        put_byte(s->columns, COLUMN_CODES, code);
    }
    put_byte(s->columns, COLUMN_CODES, 0);
}

static bool join_events(struct stretch *s)
{
    uint8_t code;
    while (get_byte(s->columns, COLUMN_CODES, &code)) {
        if (!code)
            return true;
        if (s->to == s->to_end)
            return false;
        *s->to++ = code;
        if (!(code & VL_COMPACT ? join_compact(s, code) : join_long(s, code)))
            return false;
    }
    return false;
}

/* -- chunks ---------------------------------------------------------------------------------------- */

static bool is_chunk(const uint8_t *at, size_t have, struct vl_chunk *h)
{
    if (have < sizeof *h)
        return false;
    memcpy(h, at, sizeof *h);
    return h->magic == VL_MAGIC && h->chunk_bytes && h->chunk_bytes % VL_PAGE == 0 &&
           h->chunk_bytes <= VL_CHUNK_MAX && h->header_bytes >= sizeof *h &&
           h->header_bytes <= h->chunk_bytes;
}

static void split_chunk(struct stretch *s, const struct vl_chunk *h)
{
    const uint8_t *end = s->from + h->chunk_bytes;
    put_number(s->columns, COLUMN_SHAPES, SHAPE_CHUNK);
    append(s->columns, COLUMN_HEADERS, s->from, h->header_bytes);
    s->from += h->header_bytes;
    s->from_end = end;
    split_events(s);
    while (end > s->from && !end[-1])
        end--;
    put_number(s->columns, COLUMN_SHAPES, (uint64_t)(end - s->from));
    append(s->columns, COLUMN_RESTS, s->from, (size_t)(end - s->from));
    s->from = s->from_end;
}

static bool join_chunk(struct stretch *s)
{
    struct vl_chunk h;
    uint8_t *begin = s->to, *limit = s->to_end;
    uint64_t rest;
    if ((size_t)(limit - begin) < sizeof h || !get(s->columns, COLUMN_HEADERS, begin, sizeof h) ||
        !is_chunk(begin, sizeof h, &h) || h.chunk_bytes > (size_t)(limit - begin) ||
        !get(s->columns, COLUMN_HEADERS, begin + sizeof h, h.header_bytes - sizeof h))
        return false;
    s->to = begin + h.header_bytes;
    s->to_end = begin + h.chunk_bytes;
    if (!join_events(s) || !get_number(s->columns, COLUMN_SHAPES, &rest) ||
        rest > (size_t)(s->to_end - s->to) || !get(s->columns, COLUMN_RESTS, s->to, rest))
        return false;
    memset(s->to + rest, 0, (size_t)(s->to_end - s->to) - rest);
    s->to = s->to_end;
    s->to_end = limit;
    return true;
}

static size_t page_of(size_t left) { return left < VL_PAGE ? left : VL_PAGE; }

void pack_columns_split(struct columns *columns, const uint8_t *bytes, size_t count)
{
    const uint8_t *end = bytes + count;
    struct stretch s = {.columns = columns, .from = bytes};
    struct vl_chunk h;
    while (s.from < end) {
        size_t left = (size_t)(end - s.from), page = page_of(left);
        if (is_chunk(s.from, left, &h) && h.kind == VL_CHUNK_EVENTS && h.chunk_bytes <= left) {
            split_chunk(&s, &h);
            continue;
        }
        put_number(columns, COLUMN_SHAPES, SHAPE_PLAIN);
        append(columns, COLUMN_PLAIN, s.from, page);
        s.from += page;
    }
}

bool pack_columns_join(struct columns *columns, uint8_t *bytes, size_t count)
{
    struct stretch s = {.columns = columns, .to = bytes, .to_end = bytes + count};
    uint64_t shape;
    while (s.to < s.to_end) {
        size_t page = page_of((size_t)(s.to_end - s.to));
        if (!get_number(columns, COLUMN_SHAPES, &shape) ||
            !(shape == SHAPE_CHUNK ? join_chunk(&s) : get(columns, COLUMN_PLAIN, s.to, page)))
            return false;
        s.to += shape == SHAPE_CHUNK ? 0 : page;
    }
    return true;
}

size_t pack_columns_cut(const uint8_t *bytes, size_t count)
{
    struct vl_chunk h;
    size_t at = 0;
    while (at < count) {
        size_t size = is_chunk(bytes + at, count - at, &h) ? h.chunk_bytes : page_of(count - at);
        if (size > count - at)
            break;
        at += size;
    }
    return at ? at : count;
}
