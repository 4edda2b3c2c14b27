/* Failures as other programs than Python tell them: node, Java, compilers, TeX, shells. */
#ifndef CORRELATE_FOREIGN_H
#define CORRELATE_FOREIGN_H

#include "correlate/trace.h"

/* What the lines of a process say of its failure (struct trace), in order; the text is the stack or whatever
 * belongs to the message. */
struct vec foreign_find(struct arena *arena, const struct line *lines, size_t count);

#endif
