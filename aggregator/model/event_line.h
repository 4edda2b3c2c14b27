/* An event with all that its chunk and its neighbours say of it: what `vlagg cat` prints. */
#ifndef MODEL_EVENT_LINE_H
#define MODEL_EVENT_LINE_H

#include "model/record.h"

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
