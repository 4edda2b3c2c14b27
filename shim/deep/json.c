/* A reader of one state per byte; strings that nobody wants are skipped in one go. */
#include "deep/json.h"

#include <string.h>

enum { OUTSIDE, STRING, ESCAPE, HEX, BARE };

void json_begin(struct json *j, const struct json_user *user, void *owner)
{
    memset(j, 0, sizeof *j);
    j->user = user;
    j->owner = owner;
}

static bool in_array(const struct json *j)
{
    return j->depth > 0 && (j->is_array[(j->depth - 1) / 8] >> ((j->depth - 1) % 8) & 1);
}

static bool path_known(const struct json *j) { return j->depth <= JSON_NAMED; }

/* The path inside the innermost container: its own, and this key. */
static void set_key(struct json *j, const char *key, size_t n)
{
    if (!path_known(j) || j->depth == 0)
        return;
    size_t at = j->path_bytes[j->depth - 1];
    if (at + n + 2 > JSON_PATH) { /* nobody's path */
        key = "?";
        n = 1;
    }
    if (at > 0 && n > 0)
        j->path[at++] = '.';
    memcpy(j->path + at, key, n);
    j->path[at + n] = '\0';
    j->path_bytes[j->depth] = (uint16_t)(at + n);
}

static void begin_value(struct json *j)
{
    if (in_array(j))
        set_key(j, "[]", 2);
    j->wish = path_known(j) ? (uint8_t)j->user->wants(j->owner, j->path) : JSON_SKIP;
    j->text_bytes = 0;
}

static void end_value(struct json *j, bool is_string)
{
    if (j->wish == JSON_KEEP) {
        j->text[j->text_bytes] = '\0';
        j->user->value(j->owner, j->path, j->text, j->text_bytes, is_string);
    } else if (j->wish == JSON_PASS && is_string) {
        j->user->piece(j->owner, j->text, j->text_bytes);
    }
    j->wish = JSON_SKIP;
}

static void make_room(struct json *j, size_t bytes)
{
    if (j->wish != JSON_PASS || j->is_key || j->text_bytes + bytes <= JSON_TEXT)
        return;
    j->user->piece(j->owner, j->text, j->text_bytes);
    j->text_bytes = 0;
}

static void put(struct json *j, unsigned char c)
{
    make_room(j, 1);
    if (j->text_bytes < JSON_TEXT)
        j->text[j->text_bytes++] = (char)c;
}

static void put_code(struct json *j, unsigned code)
{
    if (code < 0x80) {
        put(j, (unsigned char)code);
        return;
    }
    make_room(j, 4);
    if (j->text_bytes + 4 > JSON_TEXT)
        return;
    if (code < 0x800) {
        put(j, (unsigned char)(0xc0 | code >> 6));
    } else if (code < 0x10000) {
        put(j, (unsigned char)(0xe0 | code >> 12));
        put(j, (unsigned char)(0x80 | (code >> 6 & 63)));
    } else {
        put(j, (unsigned char)(0xf0 | code >> 18));
        put(j, (unsigned char)(0x80 | (code >> 12 & 63)));
        put(j, (unsigned char)(0x80 | (code >> 6 & 63)));
    }
    put(j, (unsigned char)(0x80 | (code & 63)));
}

/* A \u escape is whole; halves of a pair wait for each other. */
static void end_hex(struct json *j)
{
    unsigned code = j->escape & 0xffff;
    if (code >= 0xd800 && code < 0xdc00) {
        j->high = code;
        return;
    }
    if (code >= 0xdc00 && code < 0xe000)
        code = j->high ? 0x10000 + ((j->high - 0xd800) << 10) + (code - 0xdc00) : 0xfffd;
    j->high = 0;
    put_code(j, code);
}

static void open_container(struct json *j, bool array)
{
    begin_value(j);
    j->wish = JSON_SKIP;
    if (j->depth == JSON_DEPTH) {
        j->broken = true;
        return;
    }
    uint8_t bit = (uint8_t)(1u << (j->depth % 8));
    j->is_array[j->depth / 8] =
        (uint8_t)(array ? j->is_array[j->depth / 8] | bit : j->is_array[j->depth / 8] & ~bit);
    j->depth++;
    j->is_key = !array;
    if (j->depth <= JSON_NAMED && j->depth > 1)
        j->path_bytes[j->depth] = j->path_bytes[j->depth - 1];
}

static void close_container(struct json *j)
{
    if (j->depth == 0)
        j->broken = true;
    else
        j->depth--;
    j->is_key = false;
}

static void outside(struct json *j, char c)
{
    switch (c) {
    case '{':
    case '[':
        open_container(j, c == '[');
        break;
    case '}':
    case ']':
        close_container(j);
        break;
    case ',':
        j->is_key = j->depth > 0 && !in_array(j);
        break;
    case ':':
        j->is_key = false;
        break;
    case '"':
        j->state = STRING;
        j->high = 0;
        j->text_bytes = 0;
        if (!j->is_key)
            begin_value(j);
        break;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        break;
    default:
        begin_value(j);
        put(j, (unsigned char)c);
        j->state = BARE;
    }
}

static void end_string(struct json *j)
{
    j->state = OUTSIDE;
    if (j->is_key)
        set_key(j, j->text, j->text_bytes);
    else
        end_value(j, true);
}

/* How many of the next bytes are plain text of the string. */
static size_t plain(const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && bytes[i] != '"' && bytes[i] != '\\')
        i++;
    return i;
}

/* How many backslashes end the text; an odd number escapes what follows. */
static bool ends_escaping(const char *bytes, size_t n)
{
    size_t back = 0;
    while (back < n && bytes[n - 1 - back] == '\\')
        back++;
    return back & 1;
}

/* Over a string that nobody wants, from one quote to the next: its escapes are of no concern. */
static size_t over_string(struct json *j, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        const char *quote = memchr(bytes + i, '"', n - i);
        size_t at = quote ? (size_t)(quote - bytes) : n;
        bool escaped = ends_escaping(bytes, at);
        if (!quote && escaped)
            j->state = ESCAPE;
        if (!quote)
            return n;
        if (!escaped) {
            end_string(j);
            return at + 1;
        }
        i = at + 1;
    }
    return n;
}

static size_t in_string(struct json *j, const char *bytes, size_t n)
{
    if (!j->is_key && j->wish == JSON_SKIP)
        return over_string(j, bytes, n);
    size_t run = plain(bytes, n);
    bool pass = j->wish == JSON_PASS && !j->is_key;
    for (size_t i = 0; i < run && (pass || j->text_bytes < JSON_TEXT); i++)
        put(j, (unsigned char)bytes[i]);
    if (run == n)
        return n;
    if (bytes[run] == '"')
        end_string(j);
    else
        j->state = ESCAPE;
    return run + 1;
}

static void in_escape(struct json *j, char c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *found = c ? strchr(from, c) : NULL;
    j->state = c == 'u' ? HEX : STRING;
    j->escape = 1; /* a mark that four digits move out */
    if (c != 'u')
        put(j, (unsigned char)(found ? to[found - from] : c));
}

static void in_hex(struct json *j, char c)
{
    unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 32) - 'a' + 10;
    j->escape = j->escape << 4 | (digit & 15);
    if (j->escape >> 16 == 0)
        return;
    j->escape &= 0xffff;
    end_hex(j);
    j->state = STRING;
}

/* True: the byte belongs to what follows. */
static bool in_bare(struct json *j, char c)
{
    if (!strchr(",}] \t\r\n", c) || c == '\0') {
        put(j, (unsigned char)c);
        return false;
    }
    j->state = OUTSIDE;
    end_value(j, false);
    return true;
}

void json_feed(struct json *j, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && !j->broken;) {
        switch (j->state) {
        case OUTSIDE:
            outside(j, bytes[i++]);
            break;
        case STRING:
            i += in_string(j, bytes + i, n - i);
            break;
        case ESCAPE:
            in_escape(j, bytes[i++]);
            break;
        case HEX:
            in_hex(j, bytes[i++]);
            break;
        default:
            if (!in_bare(j, bytes[i]))
                i++;
        }
    }
}

void json_end(struct json *j)
{
    if (j->state == BARE && !j->broken)
        end_value(j, false);
    json_begin(j, j->user, j->owner);
}
