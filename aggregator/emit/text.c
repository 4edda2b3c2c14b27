/* UTF-8 and time for all formats. */
#include "emit/text.h"

#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000

/* Date and time of day of whole seconds; *rest_ns is what is left. */
static struct tm split(int64_t ns, long *rest_ns)
{
    int64_t seconds = ns / SECOND_NS, rest = ns % SECOND_NS;
    if (rest < 0) {
        rest += SECOND_NS;
        seconds--;
    }
    time_t when = seconds;
    struct tm tm = {0};
    gmtime_r(&when, &tm);
    *rest_ns = rest;
    return tm;
}

void text_iso_utc(int64_t realtime_ns, char *out)
{
    long rest;
    struct tm tm = split(realtime_ns, &rest);
    size_t len = strftime(out, ISO_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + len, ISO_BYTES - len, ".%09ldZ", rest);
}

void text_iso_local(int64_t realtime_ns, int32_t utc_offset_seconds, char *out)
{
    long rest;
    int minutes = utc_offset_seconds / 60, size = abs(minutes);
    struct tm tm = split(realtime_ns + (int64_t)utc_offset_seconds * SECOND_NS, &rest);
    size_t len = strftime(out, ISO_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + len, ISO_BYTES - len, ".%06ld%c%02d:%02d", rest / 1000, minutes < 0 ? '-' : '+',
             size / 60 % 100, size % 60);
}

/* Bytes of the character at p: 1 to 4, or 0 when it is not UTF-8. */
static size_t character(const unsigned char *p, size_t left)
{
    size_t bytes = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
    if (bytes > left)
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (*p == 0xe0 && bytes == 3 && p[1] < 0xa0) || (*p == 0xf0 && p[1] < 0x90);
    bool surrogate = *p == 0xed && bytes == 3 && p[1] >= 0xa0;
    bool too_large = *p == 0xf4 && bytes == 4 && p[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : bytes;
}

static bool valid(struct str s)
{
    for (size_t i = 0, bytes; i < s.len; i += bytes)
        if ((bytes = character((const unsigned char *)s.ptr + i, s.len - i)) == 0)
            return false;
    return true;
}

static json_t *must(json_t *json)
{
    if (!json)
        diag_no_memory();
    return json;
}

static json_t *repaired(struct str s)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *copy = malloc(s.len * (sizeof replacement - 1)), *out = copy;
    if (!copy)
        diag_no_memory();
    for (size_t i = 0; i < s.len;) {
        size_t bytes = character((const unsigned char *)s.ptr + i, s.len - i);
        const char *from = bytes ? s.ptr + i : replacement;
        size_t len = bytes ? bytes : sizeof replacement - 1;
        memcpy(out, from, len);
        out += len;
        i += bytes ? bytes : 1;
    }
    json_t *json = must(json_stringn_nocheck(copy, (size_t)(out - copy)));
    free(copy);
    return json;
}

json_t *text_json(struct str s)
{
    return valid(s) ? must(json_stringn_nocheck(s.ptr ? s.ptr : "", s.len)) : repaired(s);
}

json_t *text_json_words(struct str words)
{
    json_t *array = must(json_array());
    struct str word;
    while (words.len && str_next(&words, '\0', &word))
        json_array_append_new(array, text_json(word));
    return array;
}

void text_real(double value, char *out)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, ISO_BYTES, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    if (!strpbrk(out, ".en"))
        strcat(out, ".0");
}
