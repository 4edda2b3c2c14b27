/* JSON that comes in pieces: the scalars at the few paths that somebody wants, nothing else is kept.
 *
 * A path is its keys joined by dots, an array's elements have the key []. One value after another may come.
 */
#ifndef DEEP_JSON_H
#define DEEP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_TEXT  1024u /* of a value; what is longer is cut */
#define JSON_PATH  160u
#define JSON_NAMED 8u   /* levels whose path is known */
#define JSON_DEPTH 512u /* deeper is given up */

enum json_wish { JSON_SKIP, JSON_KEEP, JSON_PASS }; /* PASS: a string is handed on in pieces, whole */

struct json_user {
    enum json_wish (*wants)(void *owner, const char *path);
    /* A string without its quotes, escapes undone; or the letters of a number, true, false, null. */
    void (*value)(void *owner, const char *path, const char *text, size_t bytes, bool is_string);
    /* NULL: passes none. */
    void (*piece)(void *owner, const char *text, size_t bytes);
};

struct json {
    const struct json_user *user;
    void *owner;
    uint8_t state;
    uint8_t wish; /* enum json_wish, of the value that is read */
    bool broken, is_key;
    unsigned depth, escape, high;
    uint16_t path_bytes[JSON_NAMED + 1]; /* the path's length outside of that level */
    uint8_t is_array[JSON_DEPTH / 8];
    uint32_t text_bytes;
    char path[JSON_PATH + 4 * JSON_NAMED], text[JSON_TEXT + 8];
};

void json_begin(struct json *, const struct json_user *, void *owner);
void json_feed(struct json *, const char *bytes, size_t n);
/* A number at the very end is whole now. Then as after json_begin. */
void json_end(struct json *);

#endif
