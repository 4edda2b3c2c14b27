/* Local time's offset from UTC; see tz.h for why this is not left to libc. */
#include "tz.h"

#include "raw.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#define DAY 86400

static const struct tz_offset UTC = {0, INT64_MAX};

/* ---- POSIX rules ---- */

struct cursor {
    const char *p, *end;
};

static bool at(struct cursor *c, char wanted)
{
    if (c->p >= c->end || *c->p != wanted)
        return false;
    c->p++;
    return true;
}

static int32_t number(struct cursor *c)
{
    int32_t n = 0;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9' && n < 100000)
        n = n * 10 + (*c->p++ - '0');
    return n;
}

/* [+-]hh[:mm[:ss]] in seconds */
static int32_t clock_time(struct cursor *c)
{
    int32_t sign = at(c, '-') ? -1 : 1;
    if (sign > 0)
        at(c, '+');
    int32_t seconds = number(c) * 3600;
    if (at(c, ':'))
        seconds += number(c) * 60;
    if (at(c, ':'))
        seconds += number(c);
    return sign * seconds;
}

static bool zone_name(struct cursor *c)
{
    const char *start = c->p;
    bool quoted = at(c, '<');
    while (c->p < c->end && (quoted ? *c->p != '>' : ((*c->p | 32) >= 'a' && (*c->p | 32) <= 'z')))
        c->p++;
    if (quoted)
        return at(c, '>');
    return c->p - start >= 3;
}

/* Days since 1970 of a civil date, month from 1 (H. Hinnant, "chrono-compatible low-level date algorithms").
 */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t year_of(int64_t seconds)
{
    int64_t year = 1970 + seconds / (365 * DAY + DAY / 4);
    while (days_of(year, 1, 1) * DAY > seconds)
        year--;
    while (days_of(year + 1, 1, 1) * DAY <= seconds)
        year++;
    return year;
}

struct change {
    char form; /* M: month, week, day; J: day 1-365 without 29 February; 0: day 0-365 */
    int32_t month, week, day;
    int32_t time; /* seconds of local time */
};

static bool change_parse(struct cursor *c, struct change *out)
{
    *out = (struct change){.time = 7200};
    if (at(c, 'M')) {
        out->form = 'M';
        out->month = number(c);
        if (!at(c, '.'))
            return false;
        out->week = number(c);
        if (!at(c, '.'))
            return false;
    } else if (at(c, 'J')) {
        out->form = 'J';
    }
    out->day = number(c);
    if (at(c, '/'))
        out->time = clock_time(c);
    return out->form != 'M' || (out->month >= 1 && out->month <= 12 && out->week >= 1 && out->week <= 5);
}

/* Seconds since 1970 of local midnight plus the change's time, in a year. */
static int64_t change_in(const struct change *r, int64_t year)
{
    int64_t day;
    if (r->form == 'M') {
        int64_t first = days_of(year, r->month, 1);
        int64_t next = r->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, r->month + 1, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7;
        day = first + (r->day - weekday + 7) % 7 + (r->week - 1) * 7;
        if (day >= next)
            day -= 7;
    } else {
        day = days_of(year, 1, 1) + r->day;
        if (r->form == 'J') {
            bool leap = days_of(year, 3, 1) - days_of(year, 2, 1) == 29;
            day += r->day >= 60 && leap ? 0 : -1;
        }
    }
    return day * DAY + r->time;
}

struct rule {
    int32_t winter, summer;
    bool changes; /* else it is always winter */
    struct change begin, end;
};

static __attribute__((noinline)) bool rule_parse(const char *text, size_t length, struct rule *r)
{
    struct cursor c = {text, text + length};
    *r = (struct rule){0};
    if (!zone_name(&c))
        return false;
    r->winter = -clock_time(&c);
    if (c.p >= c.end || !zone_name(&c))
        return true;
    r->summer = r->winter + 3600;
    if (c.p < c.end && *c.p != ',')
        r->summer = -clock_time(&c);
    r->changes = at(&c, ',') && change_parse(&c, &r->begin) && at(&c, ',') && change_parse(&c, &r->end);
    return true;
}

/* A change to an offset, of which the last before now and the first after it count. */
static void take_change(struct tz_offset *found, int64_t *last, int32_t seconds, int64_t when, int64_t now)
{
    if (when <= now && when > *last) {
        *last = when;
        found->seconds = seconds;
    } else if (when > now && when < found->until) {
        found->until = when;
    }
}

static __attribute__((noinline)) struct tz_offset rule_apply(const struct rule *r, int64_t now)
{
    struct tz_offset found = {r->winter, INT64_MAX};
    int64_t last = INT64_MIN, year = year_of(now);
    for (int64_t y = year - 1; r->changes && y <= year + 1; y++) {
        take_change(&found, &last, r->summer, change_in(&r->begin, y) - r->winter, now);
        take_change(&found, &last, r->winter, change_in(&r->end, y) - r->summer, now);
    }
    return found;
}

__attribute__((noinline)) struct tz_offset tz_from_rule(const char *text, size_t length, int64_t now)
{
    struct rule r;
    return rule_parse(text, length, &r) ? rule_apply(&r, now) : UTC;
}

/* ---- TZif ---- */

static int64_t big_endian(const uint8_t *p, unsigned bytes)
{
    int64_t v = (int8_t)p[0];
    for (unsigned i = 1; i < bytes; i++)
        v = (int64_t)((uint64_t)v << 8 | p[i]);
    return v;
}

struct block {
    size_t isutc, isstd, leap, times, types, chars;
    unsigned time_bytes; /* 4 in version 1, 8 later */
    size_t bytes;        /* of the data after the header */
};

#define TZIF_HEADER 44

static bool block_parse(const uint8_t *data, size_t bytes, unsigned time_bytes, struct block *b)
{
    if (bytes < TZIF_HEADER || memcmp(data, "TZif", 4) != 0)
        return false;
    size_t *counts[6] = {&b->isutc, &b->isstd, &b->leap, &b->times, &b->types, &b->chars};
    for (int i = 0; i < 6; i++) {
        *counts[i] = (size_t)big_endian(data + 20 + 4 * i, 4);
        if (*counts[i] > bytes)
            return false;
    }
    b->time_bytes = time_bytes;
    b->bytes = b->times * (time_bytes + 1) + b->types * 6 + b->chars + b->leap * (time_bytes + 4) + b->isstd +
               b->isutc;
    return b->types > 0 && TZIF_HEADER + b->bytes <= bytes;
}

/* Looks up the transition before now; false: now is after the last one. */
static bool block_lookup(const uint8_t *data, const struct block *b, int64_t now, struct tz_offset *out)
{
    const uint8_t *times = data + TZIF_HEADER;
    const uint8_t *indices = times + b->times * b->time_bytes;
    const uint8_t *types = indices + b->times;
    size_t i = 0;
    while (i < b->times && big_endian(times + i * b->time_bytes, b->time_bytes) <= now)
        i++;
    uint8_t type = i > 0 ? indices[i - 1] : 0;
    if (type >= b->types)
        return true;
    out->seconds = (int32_t)big_endian(types + 6 * type, 4);
    if (i < b->times)
        out->until = big_endian(times + i * b->time_bytes, b->time_bytes);
    return i < b->times;
}

/* What the transitions tell, and the rule for what comes after them; length 0: it is not asked for. */
struct told {
    struct tz_offset offset;
    const char *rule;
    size_t length;
};

static __attribute__((noinline)) struct told read_transitions(const uint8_t *data, size_t bytes, int64_t now)
{
    struct told told = {.offset = UTC};
    struct block b;
    if (!block_parse(data, bytes, 4, &b))
        return told;
    if (data[4] >= '2') { /* the same again in 64 bits, and a rule */
        size_t first = TZIF_HEADER + b.bytes;
        if (!block_parse(data + first, bytes - first, 8, &b))
            return told;
        data += first;
        bytes -= first;
    }
    if (block_lookup(data, &b, now, &told.offset))
        return told;
    const char *rule = (const char *)data + TZIF_HEADER + b.bytes;
    size_t length = bytes - TZIF_HEADER - b.bytes;
    const char *end = length > 2 ? memchr(rule + 1, '\n', length - 1) : NULL;
    told.rule = rule + 1;
    told.length = end && end > rule + 1 ? (size_t)(end - rule - 1) : 0;
    return told;
}

__attribute__((noinline)) struct tz_offset tz_from_file(const uint8_t *data, size_t bytes, int64_t now)
{
    struct told told = read_transitions(data, bytes, now);
    return told.length > 0 ? tz_from_rule(told.rule, told.length, now) : told.offset;
}

/* The bytes read; 0: no file of a zone. */
static size_t tz_read(const char *folder, const char *name, struct tz_zone *zone)
{
    size_t a = strlen(folder), b = strlen(name);
    if (a + b >= sizeof zone->path)
        return 0;
    memcpy(zone->path, folder, a);
    memcpy(zone->path + a, name, b + 1);
    long fd = raw(SYS_openat, AT_FDCWD, zone->path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    long n = raw(SYS_read, fd, zone->data, sizeof zone->data);
    raw(SYS_close, fd);
    return n >= TZIF_HEADER && memcmp(zone->data, "TZif", 4) == 0 ? (size_t)n : 0;
}

/* A file of that name comes before a rule, as in libc. */
struct tz_offset tz_local(const char *tz, int64_t now, struct tz_zone *room)
{
    size_t bytes = 0;
    if (tz && *tz == ':')
        tz++;
    if (!tz)
        bytes = tz_read("/etc/localtime", "", room);
    else if (*tz != '\0')
        bytes = tz_read(*tz == '/' ? "" : "/usr/share/zoneinfo/", tz, room);
    if (bytes > 0)
        return tz_from_file(room->data, bytes, now);
    return tz && *tz != '\0' ? tz_from_rule(tz, strlen(tz), now) : UTC;
}
