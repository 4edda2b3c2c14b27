/* The local time's offset from UTC, read from TZif data (RFC 8536) or a POSIX TZ string, without libc's
 * localtime: that one takes a lock, allocates, and would fix the host's idea of the time zone. */
#ifndef SHIM_TZ_H
#define SHIM_TZ_H

#include <stddef.h>
#include <stdint.h>

struct tz_offset {
    int32_t seconds; /* local time = UTC + this */
    int64_t until;   /* seconds since 1970; INT64_MAX: no change known */
};

/* The offset at `now` (seconds since 1970) by a TZif file's bytes; {0, INT64_MAX} if they are none. */
struct tz_offset tz_from_file(const uint8_t *data, size_t bytes, int64_t now);

/* The same by a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3. */
struct tz_offset tz_from_rule(const char *rule, size_t length, int64_t now);

/* What a zone's file is read into. */
struct tz_zone {
    char path[160];
    uint8_t data[6144]; /* long enough for every zone of tzdata */
};

/* The offset that programs of this environment use: the variable TZ (NULL: unset), else /etc/localtime. */
struct tz_offset tz_local(const char *tz, int64_t now, struct tz_zone *room);

#endif
