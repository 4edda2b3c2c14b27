/* Which entry of theirs and which of ours tell of the same thing, so that it is told once. Ours of a list
 * says with "said_at" what time-stamp the program gave it; stages are the same where their times meet, errors
 * where their texts do, too. */
#ifndef EMIT_LOG_PAIRS_H
#define EMIT_LOG_PAIRS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct pairs {
    json_t *theirs;     /* borrowed, and changed by pairs_join() */
    const json_t *ours; /* borrowed */
    size_t *partner;    /* of each of ours; NO_PARTNER */
};

#define NO_PARTNER ((size_t)-1)

/* Of two lists of a section. Free with pairs_free(). */
struct pairs pairs_find(const char *section, json_t *theirs, const json_t *ours);

/* Whether ours at that index has a partner: that has it as its "recorded" then, unless it is only the
 * program's own word ("source": "annotation"). */
bool pairs_join(struct pairs *pairs, size_t index);

void pairs_free(struct pairs *pairs);

/* The same of one entry of ours and a section that is an object of entries. */
bool pairs_join_entry(const char *section, json_t *theirs, const char *key, json_t *ours);

#endif
