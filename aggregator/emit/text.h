/* Text as the formats need it: valid UTF-8, times as ISO 8601. */
#ifndef EMIT_TEXT_H
#define EMIT_TEXT_H

#include "base/str.h"

#include <jansson.h>

#define ISO_BYTES 40

/* 2026-11-23T06:52:32.123456789Z; `out` has ISO_BYTES. */
void text_iso_utc(int64_t realtime_ns, char *out);

/* The same time with microseconds and the offset instead of Z: ...32.123456+02:00 */
void text_iso_local(int64_t realtime_ns, int32_t utc_offset_seconds, char *out);

/* A new JSON string; bytes that are no UTF-8 become U+FFFD. */
json_t *text_json(struct str s);

/* A new array of the words, each ended by NUL; the last one may be cut. */
json_t *text_json_words(struct str words);

/* The shortest form that reads back the same, always with a point or an exponent; `out` has ISO_BYTES. */
void text_real(double value, char *out);

#endif
