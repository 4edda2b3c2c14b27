/* One pass over the text, string by string and number by number. */
#include "base/raw_json.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define MARK           (sizeof RAW_JSON_MARK - 1)
#define INTEGER_DIGITS 18 /* so many fit into 64 bits, whatever they are */

struct str raw_json_of(struct str text)
{
    return str_starts(text, STR(RAW_JSON_MARK)) ? str_slice(text, MARK, text.len) : (struct str){0};
}

/* Length of a string with its quotes; 0: it does not end, or is none. */
static size_t string_length(struct str s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == '"')
            return i + 1;
        if (s.ptr[i] == '\\')
            i++;
        else if ((unsigned char)s.ptr[i] < 0x20)
            return 0;
    }
    return 0;
}

/* The four digits behind \u; -1: they are none. */
static long unit_at(struct str token, size_t at)
{
    char digits[5] = "";
    if (at + 6 > token.len || token.ptr[at] != '\\' || token.ptr[at + 1] != 'u')
        return -1;
    for (size_t i = 0; i < 4; i++)
        if (!isxdigit((unsigned char)(digits[i] = token.ptr[at + 2 + i])))
            return -1;
    return strtol(digits, NULL, 16);
}

/* Whether a string may be held; *odd: its escapes are what a parser refuses, or it looks like one that is
 * held. */
static bool escapes_are_valid(struct str token, bool *odd)
{
    *odd = str_starts(str_slice(token, 1, token.len), STR("\xee\x80\x80")) || unit_at(token, 1) == 0xe000;
    for (size_t i = 1; i + 1 < token.len; i++) {
        if (token.ptr[i] != '\\')
            continue;
        long unit = unit_at(token, i);
        if (unit < 0 && (token.ptr[i + 1] == 'u' || !strchr("\"\\/bfnrt", token.ptr[i + 1])))
            return false;
        bool high = unit >= 0xd800 && unit < 0xdc00;
        long next = high ? unit_at(token, i + 6) : -1;
        bool pair = high && next >= 0xdc00 && next < 0xe000;
        *odd |= unit == 0 || (unit >= 0xd800 && unit < 0xe000 && !pair);
        i += pair ? 11 : unit >= 0 ? 5 : 1;
    }
    return true;
}

static size_t digits_at(struct str s, size_t at)
{
    size_t end = at;
    while (end < s.len && isdigit((unsigned char)s.ptr[end]))
        end++;
    return end - at;
}

struct number {
    size_t length;   /* 0: none begins here */
    size_t whole;    /* digits before the point */
    bool fractional; /* has a point or an exponent */
};

static struct number number_at(struct str s)
{
    size_t at = s.len && s.ptr[0] == '-', more;
    struct number n = {.whole = digits_at(s, at)};
    if (!n.whole || (n.whole > 1 && s.ptr[at] == '0'))
        return (struct number){0};
    at += n.whole;
    if (at < s.len && s.ptr[at] == '.') {
        if (!(more = digits_at(s, at + 1)))
            return (struct number){0};
        at += 1 + more;
        n.fractional = true;
    }
    if (at < s.len && (s.ptr[at] | 32) == 'e') {
        at += 1 + (at + 1 < s.len && (s.ptr[at + 1] == '+' || s.ptr[at + 1] == '-'));
        if (!(more = digits_at(s, at)))
            return (struct number){0};
        at += more;
        n.fractional = true;
    }
    n.length = at;
    return n;
}

static bool number_is_odd(struct str token, struct number n, enum raw_json_which how)
{
    if (how == RAW_JSON_ALL)
        return n.fractional || n.whole > INTEGER_DIGITS || str_equal(token, STR("-0"));
    if (!n.fractional)
        return n.whole > INTEGER_DIGITS;
    char *copy = strndup(token.ptr, token.len);
    bool overflows = !copy || isinf(strtod(copy, NULL));
    free(copy);
    return overflows;
}

/* A colon follows: no number may stand there, but a string may. */
static bool is_key(struct str rest, size_t length)
{
    while (length < rest.len && isspace((unsigned char)rest.ptr[length]))
        length++;
    return length < rest.len && rest.ptr[length] == ':';
}

static void put_held(FILE *out, struct str token)
{
    fputs("\"" RAW_JSON_MARK, out);
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] == '"' || token.ptr[i] == '\\')
            fputc('\\', out);
        fputc(token.ptr[i], out);
    }
    fputc('"', out);
}

/* What Python's json writes for numbers that JSON has not: its length; 0: none stands there. */
static size_t constant_length(struct str rest)
{
    static const char *const names[] = {"NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (str_starts(rest, str_of(names[i])) &&
            (length == rest.len || !isalnum((unsigned char)rest.ptr[length])))
            return is_key(rest, length) ? 0 : length;
    }
    return 0;
}

/* Writes what stands at the beginning of the text; how much of it that was. */
static size_t write_token(FILE *out, struct str rest, enum raw_json_which how)
{
    bool odd = false;
    struct number n = {.length = 0};
    size_t constant = constant_length(rest);
    if (constant) {
        fprintf(out, "\"%.*s\"", (int)constant, rest.ptr);
        return constant;
    }
    size_t length = *rest.ptr == '"' ? string_length(rest) : 0;
    if (length && !escapes_are_valid(str_slice(rest, 0, length), &odd))
        odd = false;
    if (!length && (*rest.ptr == '-' || isdigit((unsigned char)*rest.ptr))) {
        n = number_at(rest);
        length = n.length;
        odd = length && !is_key(rest, length) && number_is_odd(str_slice(rest, 0, length), n, how);
    }
    length = length ? length : 1;
    if (odd)
        put_held(out, str_slice(rest, 0, length));
    else
        fwrite(rest.ptr, 1, length, out);
    return length;
}

char *raw_json_hold(struct str text, enum raw_json_which how, size_t *bytes)
{
    char *held = NULL;
    FILE *out = open_memstream(&held, bytes);
    if (!out)
        return NULL;
    for (size_t at = 0; at < text.len;)
        at += write_token(out, str_slice(text, at, text.len), how);
    if (fclose(out) == 0)
        return held;
    free(held);
    return NULL;
}
