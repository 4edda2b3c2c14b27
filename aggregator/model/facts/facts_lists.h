/* What the parts of the facts share among themselves; no other room includes it. */
#ifndef MODEL_FACTS_FACTS_LISTS_H
#define MODEL_FACTS_FACTS_LISTS_H

#include "model/facts/facts.h"

/* Builds the four table indices anew from the tables. */
void facts_reindex(struct facts *facts);

/* Builds open_index anew from the events. */
void facts_reindex_opens(struct facts *facts);

/* Canonical order, with new numbers for processes and videos. */
void facts_settle_calls(struct facts *facts, const uint32_t *process, const uint32_t *video);
void facts_renumber_call(struct api_call *call, const uint32_t *process, const uint32_t *video);

/* Leaves the last TEXT_KEPT_BYTES of each stream. */
void facts_trim_text(struct facts *facts, struct recorded_process *p);

/* In comparisons: returns at the first difference. */
#define LESS(a, b)                                                                                           \
    do {                                                                                                     \
        if ((a) != (b))                                                                                      \
            return (a) < (b) ? -1 : 1;                                                                       \
    } while (0)

#endif
