/* Errors put together: one entry per stage and category, one variant per fingerprint. */
#ifndef MODEL_GROUPS_H
#define MODEL_GROUPS_H

#include "model/story.h"

struct variant {
    uint64_t fingerprint;
    const struct failure *example; /* the first one, or the first with a traceback */
    uint64_t count;
    int64_t first_ns, last_ns;
    struct vec scenes; /* of struct str, in the order they were seen */
    struct vec nodes;  /* of uint32_t: processes concerned, in the order they were seen */
};

struct group {
    struct str key; /* <stage>_<category>, <category> outside of all stages */
    struct str category;
    uint64_t count;
    int64_t first_ns, last_ns;
    struct vec variants; /* of struct variant, the most frequent first */
};

#endif
