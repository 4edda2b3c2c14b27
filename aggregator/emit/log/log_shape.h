/* The sections of a log, and whose an entry is. */
#ifndef EMIT_LOG_LOG_SHAPE_H
#define EMIT_LOG_LOG_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum shape {
    SHAPE_NONE,    /* no section of ours */
    SHAPE_PLAIN,   /* one value: video_id, created_at, vlagg */
    SHAPE_ENTRIES, /* an object of entries */
    SHAPE_LIST,    /* a list of entries */
    SHAPE_LISTS,   /* an object of lists of entries */
    SHAPE_SINGLE   /* one object, ours as a whole */
};

enum shape log_shape_of(const char *key);

/* Whether a section of theirs has the shape that ours can join. */
bool log_shape_fits(const json_t *theirs, enum shape shape);

/* An empty section. */
json_t *log_shape_empty(enum shape shape);

bool log_shape_is_ours(const json_t *entry);

/* Where an entry of theirs has what we saw of the same thing. */
#define SHAPE_RECORDED "recorded"

#define EACH_MEMBER(object, key, value)                                                                      \
    const char *key;                                                                                         \
    json_t *value;                                                                                           \
    json_object_foreach((json_t *)(uintptr_t)(object), key, value)

#endif
