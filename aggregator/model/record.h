/* An event as a C struct, for each row of events.def: its fields by name, in the order of the format. */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include "base/str.h"

#include "vl/event.h"

#define VL_U(name)    uint64_t name;
#define VL_I(name)    int64_t name;
#define VL_S(name)    struct str name;
#define VL_ARGV(name) struct str name;
#define VL_EVENT(name, code, kind, call, fields)                                                             \
    struct event_##name {                                                                                    \
        fields                                                                                               \
    };
#include "vl/events.def"
#undef VL_EVENT

/* Strings point into the chunk. */
struct record {
    enum vl_code code;
    uint32_t offset; /* in the chunk */
    uint64_t ticks;  /* raw ticks at the end of the call */
    uint64_t took;   /* raw ticks */
    union {
#define VL_EVENT(name, code, kind, call, fields) struct event_##name name;
#include "vl/events.def"
#undef VL_EVENT
        uint64_t cells[24]; /* the same without names: a number takes one, a string two */
    };
};
#undef VL_U
#undef VL_I
#undef VL_S
#undef VL_ARGV

enum field_type { FIELD_UNSIGNED, FIELD_SIGNED, FIELD_STRING, FIELD_WORDS };

struct field {
    const char *name;
    enum field_type type;
};

#define FIELDS_MAX 16

/* What events.def says of a code. */
struct shape {
    const char *name, *kind, *call; /* name: NULL for a code that this version does not know */
    uint8_t count;                  /* of fields */
    struct field fields[FIELDS_MAX];
};

extern const struct shape record_shapes[256];

/* An event with all that its chunk and its neighbours say of it: what `vlagg cat` prints. */
struct event_line {
    const struct record *record;
    int64_t time_ns; /* of its end, since 1970 */
    uint64_t took_ns;
    struct str host;
    struct str video; /* empty: none */
    struct str path;  /* what its descriptor is; empty: not known, or it has none */
    uint32_t pid, tid;
};

#endif
