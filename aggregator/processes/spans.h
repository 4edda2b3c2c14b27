/* Joins the beginnings and ends of spans, and gives exceptions and notes the span that they fell into. */
#ifndef PROCESSES_SPANS_H
#define PROCESSES_SPANS_H

#include "model/tree.h"

/* Fills tree->spans, tree->raises and tree->notes from its occurrences; those must have their videos. */
void spans_join(struct tree *tree);

/* Whether a span is `outer` or below it. NONE is below nothing. */
bool span_below(const struct tree *tree, uint32_t span, uint32_t outer);

#endif
