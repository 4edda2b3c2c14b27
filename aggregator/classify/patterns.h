/* Category and suggested fix of an error, from how a process ended or from what it said. */
#ifndef CLASSIFY_PATTERNS_H
#define CLASSIFY_PATTERNS_H

#include "classify/rules.h"

/* What is known of an end that no text tells. */
struct evidence {
    bool killed_by_parent; /* the parent sent SIGKILL and nothing else ended it */
    int signal;            /* 0: none */
    bool killer_seen;
    uint64_t peak_kb; /* 0: not known */
    int connect_error; /* errno of its last connection, 0: none failed */
    bool failed_without_text;
};

struct verdict {
    uint32_t row; /* of rules->patterns; NONE: nothing matched */
    struct str category; /* with _error, in the arena or static */
    int8_t fixable, auto_recoverable; /* -1: not known */
    struct str fix;
};

/* The first row of evidence that holds; false when none does. */
bool patterns_weigh(struct arena *arena, const struct rules *rules, const struct evidence *evidence,
                    struct verdict *out);

/* The first row of text that matches one line; false when none does. */
bool patterns_match(struct arena *arena, const struct rules *rules, struct str line, struct verdict *out);

#endif
