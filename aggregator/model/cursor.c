/* The decoder: one loop over a shape's fields serves every event. */
#include "model/cursor.h"

void cursor_start(struct cursor *cursor, const struct chunk *chunk)
{
    *cursor = (struct cursor){
        .begin = chunk->bytes,
        .at = chunk->bytes + chunk->header->header_bytes,
        .end = chunk->bytes + chunk->limit,
        .units = chunk->header->ticks >> chunk->header->tick_shift,
        .shift = chunk->header->tick_shift,
    };
}

static const uint8_t *get_string(const uint8_t *p, const uint8_t *end, struct str *s)
{
    uint64_t len;
    p = vl_get_varint(p, end, &len);
    if (!p || len > (uint64_t)(end - p))
        return NULL;
    *s = (struct str){(const char *)p, len};
    return p + len;
}

/* One field into the next cells; a field beyond the end was not written yet by that version: zero or empty.
 */
static const uint8_t *get_field(const uint8_t *p, const uint8_t *end, enum field_type type, uint64_t **cell)
{
    uint64_t number = 0;
    struct str string = {"", 0};
    bool is_string = type == FIELD_STRING || type == FIELD_WORDS;
    if (p < end)
        p = is_string ? get_string(p, end, &string) : vl_get_varint(p, end, &number);
    if (is_string)
        memcpy(*cell, &string, sizeof string);
    else
        **cell = type == FIELD_SIGNED ? (uint64_t)vl_unzigzag(number) : number;
    *cell += is_string ? sizeof string / sizeof **cell : 1;
    return p;
}

static const uint8_t *get_fields(const uint8_t *p, const uint8_t *end, struct record *record)
{
    const struct shape *shape = &record_shapes[record->code];
    uint64_t *cell = record->cells;
    for (unsigned i = 0; p && i < shape->count; i++)
        p = get_field(p, end, shape->fields[i].type, &cell);
    return p;
}

/* since and took; NULL when they are not there. */
static const uint8_t *get_times(const uint8_t *p, const uint8_t *end, uint64_t *since, uint64_t *took)
{
    p = vl_get_varint(p, end, since);
    return p ? vl_get_varint(p, end, took) : NULL;
}

/* Where the event at p, code read, ends: the long form says so. */
static const uint8_t *long_end(const uint8_t **p, const uint8_t *end)
{
    uint64_t length;
    *p = vl_get_varint(*p, end, &length);
    if (!*p || length > VL_EVENT_MAX || length > (uint64_t)(end - *p))
        return NULL;
    return *p + length;
}

/* The same for the compact form: after its varints. */
static const uint8_t *compact_end(const uint8_t *p, const uint8_t *end, uint8_t code)
{
    uint64_t ignored;
    for (unsigned left = vl_compact_varints(code); p && left > 0; left--)
        p = vl_get_varint(p, end, &ignored);
    return p;
}

enum cursor_state cursor_next(struct cursor *cursor, struct record *record)
{
    while (cursor->at < cursor->end && *cursor->at) {
        const uint8_t *p = cursor->at, *end = cursor->end;
        uint64_t since, took;
        uint8_t code = *p++;
        end = code & VL_COMPACT ? compact_end(p, end, code) : long_end(&p, end);
        const uint8_t *fields = end ? get_times(p, end, &since, &took) : NULL;
        record->code = code;
        if (!fields || !get_fields(fields, end, record))
            return CURSOR_BROKEN;
        record->offset = (uint32_t)(cursor->at - cursor->begin);
        cursor->at = end;
        cursor->units += since;
        record->ticks = cursor->units << cursor->shift;
        record->took = took << cursor->shift;
        if (record_shapes[code].name)
            return CURSOR_EVENT;
        cursor->skipped++;
    }
    return CURSOR_END;
}
