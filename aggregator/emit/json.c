/* jansson holds the tree; the writer is our own, because its numbers have to read back the same. */
#include "emit/json.h"

#include "base/raw_json.h"
#include "emit/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Length of the UTF-8 sequence at the start of s; 0: it is none. */
static size_t sequence_length(struct str s)
{
    unsigned char first = (unsigned char)s.ptr[0];
    size_t length = first < 0x80                    ? 1
                    : first >= 0xc2 && first < 0xe0 ? 2
                    : first >= 0xe0 && first < 0xf0 ? 3
                    : first >= 0xf0 && first < 0xf5 ? 4
                                                    : 0;
    if (!length || length > s.len)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
            return 0;
    unsigned char second = length > 1 ? (unsigned char)s.ptr[1] : 0;
    bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool outside = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);
    return overlong || outside ? 0 : length;
}

json_t *json_text(struct str text)
{
    char *clean = malloc(3 * text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len && clean;) {
        size_t step = sequence_length(str_slice(text, i, text.len));
        memcpy(clean + length, step ? text.ptr + i : "\xef\xbf\xbd", step ? step : 3);
        length += step ? step : 3;
        i += step ? step : 1;
    }
    json_t *value = json_stringn_nocheck(clean ? clean : "", length);
    free(clean);
    return value;
}

json_t *json_text_or_null(struct str text) { return text.len ? json_text(text) : json_null(); }

json_t *json_hex(uint64_t number)
{
    char digits[17];
    snprintf(digits, sizeof digits, "%016llx", (unsigned long long)number);
    return json_string(digits);
}

json_t *json_rounded(double value, double steps)
{
    return value < 0 ? json_null() : json_real(round(value * steps) / steps);
}

json_t *json_seconds(int64_t ns)
{
    return ns < 0 ? json_null() : json_real((double)((ns + 500) / 1000) / 1e6);
}

json_t *json_megabytes(int64_t kb) { return json_rounded(kb < 0 ? -1 : (double)kb / 1024, 1000); }

json_t *json_dollars(int64_t cost) { return cost == NO_COST ? json_null() : json_real((double)cost / 1e12); }

json_t *json_count(int64_t number) { return number < 0 ? json_null() : json_integer(number); }

json_t *json_flag(int known) { return known < 0 ? json_null() : json_boolean(known); }

static int32_t offset_at(const struct log *log, int64_t at_ns)
{
    int32_t seconds = 0;
    for (size_t i = 0; i < log->zone.count; i++) {
        const struct zone_step *step = VEC_AT(&log->zone, struct zone_step, i);
        if (i == 0 || step->from_ns <= at_ns)
            seconds = step->seconds;
    }
    return log->utc ? 0 : seconds;
}

json_t *json_time(const struct log *log, int64_t at_ns)
{
    int64_t micros = at_ns / 1000 - (at_ns % 1000 < 0);
    int64_t seconds = micros / 1000000 - (micros % 1000000 < 0);
    int fraction = (int)(micros - seconds * 1000000);
    time_t shown = (time_t)(seconds + offset_at(log, at_ns));
    struct tm tm;
    char text[64];
    gmtime_r(&shown, &tm);
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (fraction)
        length += (size_t)snprintf(text + length, sizeof text - length, ".%06d", fraction);
    if (log->utc)
        snprintf(text + length, sizeof text - length, "Z");
    return json_string(text);
}

json_t *json_time_or_null(const struct log *log, int64_t at_ns)
{
    return at_ns == NO_TIME ? json_null() : json_time(log, at_ns);
}

static void put_number(FILE *out, double value)
{
    char text[ISO_BYTES];
    text_real(value, text);
    fputs(text, out);
}

static void put_text(FILE *out, const char *text, size_t length)
{
    struct str exact = raw_json_of((struct str){text, length});
    if (exact.ptr) {
        fwrite(exact.ptr, 1, exact.len, out);
        return;
    }
    fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", out);
        else if (c == '\t')
            fputs("\\t", out);
        else if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void put_value(FILE *out, const json_t *value, int depth);

#define COMPACT (-(1 << 30)) /* a depth that stays below 0 */

static void put_break(FILE *out, int depth)
{
    if (depth >= 0)
        fprintf(out, "\n%*s", 2 * depth, "");
}

static void put_array(FILE *out, const json_t *array, int depth)
{
    size_t count = json_array_size(array);
    fputc('[', out);
    for (size_t i = 0; i < count; i++) {
        put_break(out, depth + 1);
        put_value(out, json_array_get(array, i), depth + 1);
        if (i + 1 < count)
            fputc(',', out);
    }
    if (count)
        put_break(out, depth);
    fputc(']', out);
}

static void put_object(FILE *out, const json_t *object, int depth)
{
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    bool any = at != NULL;
    fputc('{', out);
    while (at) {
        put_break(out, depth + 1);
        put_text(out, json_object_iter_key(at), strlen(json_object_iter_key(at)));
        fputs(depth < 0 ? ":" : ": ", out);
        put_value(out, json_object_iter_value(at), depth + 1);
        at = json_object_iter_next((json_t *)(uintptr_t)object, at);
        if (at)
            fputc(',', out);
    }
    if (any)
        put_break(out, depth);
    fputc('}', out);
}

static void put_value(FILE *out, const json_t *value, int depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_object(out, value, depth);
        break;
    case JSON_ARRAY:
        put_array(out, value, depth);
        break;
    case JSON_STRING:
        put_text(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        put_number(out, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        fputs(json_is_true(value) ? "true" : "false", out);
        break;
    case JSON_NULL:
        fputs("null", out);
        break;
    }
}

char *json_write(const json_t *root, size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);
    if (!out)
        return NULL;
    put_value(out, root, 0);
    fputc('\n', out);
    return fclose(out) == 0 ? text : NULL;
}

void json_put_compact(FILE *out, const json_t *value) { put_value(out, value, COMPACT); }
