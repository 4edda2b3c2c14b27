/* The numbers are those of vl/event.h. */
#include "model/facts/wire.h"

#include "base/arena.h"

#include "vl/event.h"

struct wire wire_writer(struct arena *arena) { return (struct wire){.arena = arena}; }

struct wire wire_reader(struct arena *arena, const void *bytes, size_t count)
{
    static const uint8_t nothing = 0;
    const uint8_t *at = bytes ? bytes : &nothing;
    return (struct wire){.arena = arena, .at = at, .end = at + count};
}

bool wire_good(const struct wire *wire) { return !wire->bad && wire->at == wire->end; }

static void fail(struct wire *wire)
{
    wire->bad = true;
    wire->at = wire->end;
}

static void put_bytes(struct wire *wire, const void *bytes, size_t count)
{
    struct vec *out = &wire->out;
    if (out->count + count > out->capacity)
        vec_reserve(wire->arena, out, 1, 2 * (out->count + count) + 64);
    if (count)
        memcpy((uint8_t *)out->items + out->count, bytes, count);
    out->count += count;
}

/* The next bytes, or NULL. */
static const uint8_t *get_bytes(struct wire *wire, size_t count)
{
    const uint8_t *bytes = wire->at;
    if ((size_t)(wire->end - wire->at) < count) {
        fail(wire);
        return NULL;
    }
    wire->at += count;
    return bytes;
}

void wire_u64(struct wire *wire, uint64_t *value)
{
    uint8_t bytes[VL_VARINT_MAX];
    if (!wire->at) {
        put_bytes(wire, bytes, (size_t)(vl_put_varint(bytes, *value) - bytes));
        return;
    }
    const uint8_t *after = vl_get_varint(wire->at, wire->end, value);
    if (after) {
        wire->at = after;
        return;
    }
    *value = 0;
    fail(wire);
}

/* One that is to fit into fewer bits. */
static uint64_t narrow(struct wire *wire, uint64_t value, uint64_t most)
{
    wire_u64(wire, &value);
    if (value <= most)
        return value;
    fail(wire);
    return 0;
}

void wire_u32(struct wire *wire, uint32_t *value) { *value = (uint32_t)narrow(wire, *value, UINT32_MAX); }

void wire_u8(struct wire *wire, uint8_t *value) { *value = (uint8_t)narrow(wire, *value, UINT8_MAX); }

void wire_bool(struct wire *wire, bool *value) { *value = narrow(wire, *value, 1) != 0; }

void wire_i64(struct wire *wire, int64_t *value)
{
    uint64_t folded = vl_zigzag(*value);
    wire_u64(wire, &folded);
    *value = vl_unzigzag(folded);
}

void wire_next(struct wire *wire, uint64_t *value, uint64_t *before)
{
    int64_t step = (int64_t)(*value - *before);
    wire_i64(wire, &step);
    *before = *value = *before + (uint64_t)step;
}

void wire_index(struct wire *wire, uint32_t *value, size_t limit)
{
    wire_u32(wire, value);
    if (wire->at && *value >= limit) {
        *value = 0;
        fail(wire);
    }
}

void wire_raw(struct wire *wire, void *bytes, size_t count)
{
    if (!wire->at) {
        put_bytes(wire, bytes, count);
        return;
    }
    const uint8_t *from = get_bytes(wire, count);
    if (from)
        memcpy(bytes, from, count);
}

/* 0 and the length come before one that is new; else its number, counted from 1. */
static void put_str(struct wire *wire, struct str s)
{
    uint32_t id = intern_find(&wire->written, s);
    uint64_t number = id == MAP_END ? 0 : (uint64_t)id + 1, length = s.len;
    wire_u64(wire, &number);
    if (number)
        return;
    wire_u64(wire, &length);
    put_bytes(wire, s.ptr, s.len);
    intern_add(wire->arena, &wire->written, s);
}

static struct str get_str(struct wire *wire)
{
    uint64_t number, length;
    wire_u64(wire, &number);
    if (number > wire->strings.count)
        fail(wire);
    if (wire->bad)
        return STR("");
    if (number)
        return *VEC_AT(&wire->strings, struct str, number - 1);
    wire_u64(wire, &length);
    const uint8_t *bytes = get_bytes(wire, length);
    struct str fresh = str_copy(wire->arena, (struct str){(const char *)bytes, bytes ? length : 0});
    *VEC_PUSH(wire->arena, &wire->strings, struct str) = fresh;
    return fresh;
}

void wire_str(struct wire *wire, struct str *value)
{
    if (wire->at)
        *value = get_str(wire);
    else
        put_str(wire, *value);
}

void *wire_list(struct wire *wire, struct vec *vec, size_t item_bytes)
{
    uint64_t count = vec->count;
    wire_u64(wire, &count);
    if (!wire->at)
        return vec->items;
    if (count > (size_t)(wire->end - wire->at))
        fail(wire);
    *vec = (struct vec){0};
    if (!wire->bad) {
        vec_reserve(wire->arena, vec, item_bytes, count);
        vec->count = count;
    }
    return vec->items;
}
