/* Errors of TeX as manim's log passes them on. */
#ifndef CORRELATE_TEXLOG_H
#define CORRELATE_TEXLOG_H

#include "model/tree.h"

/* For each of them a line (struct line *) as TeX itself marks it, "! Undefined control sequence.", with time
 * and stream of the log's line. */
struct vec texlog_find(struct arena *arena, const struct line *lines, size_t count);

#endif
