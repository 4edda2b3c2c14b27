/* Objects/lnotab_notes.txt and Objects/locations.md of CPython say what the bytes mean. */
#include "unwind/python_lines.h"

static int by_steps(const uint8_t *table, size_t bytes, int line, int64_t offset)
{
    int64_t at = 0;
    for (size_t i = 0; i + 1 < bytes; i += 2) {
        at += table[i];
        if (at > offset)
            break;
        line += (int8_t)table[i + 1];
    }
    return line;
}

static int by_ranges(const uint8_t *table, size_t bytes, int first_line, int64_t offset)
{
    int64_t end = 0;
    int line = first_line;
    for (size_t i = 0; i + 1 < bytes; i += 2) {
        int8_t delta = (int8_t)table[i + 1];
        line += delta == -128 ? 0 : delta; /* -128: no line of the source */
        end += table[i];
        if (offset < end)
            return line;
    }
    return first_line;
}

/* A zigzag-like number in groups of six bits, least significant first. */
static int signed_number(const uint8_t *p, const uint8_t *end)
{
    unsigned value = 0;
    for (unsigned shift = 0; p < end && shift < 30; shift += 6) {
        value |= (*p & 63u) << shift;
        if (!(*p++ & 64))
            break;
    }
    return value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
}

static int line_step(unsigned form, const uint8_t *rest, const uint8_t *end)
{
    if (form == 13 || form == 14)
        return signed_number(rest, end);
    return form >= 10 && form <= 12 ? (int)form - 10 : 0;
}

static int by_locations(const uint8_t *table, size_t bytes, int first_line, int64_t offset)
{
    const uint8_t *p = table, *end = table + bytes;
    int64_t at = 0;
    int line = first_line;
    while (p < end) {
        unsigned form = (*p >> 3) & 15;
        at += 2 * ((*p & 7) + 1);
        line += line_step(form, p + 1, end);
        if (offset < at)
            return line;
        for (p++; p < end && !(*p & 0x80); p++)
            continue;
    }
    return first_line;
}

int python_line(enum lines_form form, const uint8_t *table, size_t bytes, int first_line, int64_t offset)
{
    if (offset < 0)
        return first_line;
    switch (form) {
    case LINES_STEPS:
        return by_steps(table, bytes, first_line, offset);
    case LINES_RANGES:
        return by_ranges(table, bytes, first_line, offset);
    default:
        return by_locations(table, bytes, first_line, offset);
    }
}
