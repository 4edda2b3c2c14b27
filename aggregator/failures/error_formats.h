/* Failures as other programs than Python tell them: node, Java, compilers, TeX, shells. */
#ifndef FAILURES_ERROR_FORMATS_H
#define FAILURES_ERROR_FORMATS_H

#include "failures/traceback.h"
#include "model/tree.h"

/* What the lines of a process say of its failure (struct traceback), in order; the text is the stack or
 * whatever belongs to the message. */
struct vec error_formats_find(struct arena *arena, const struct line *lines, size_t count);

/* For each record of level ERROR or CRITICAL its message in one line (struct line *), with time and stream of
 * the record's first line. An error of TeX that manim passes on is as TeX marks it: "! Undefined control
 * sequence." */
struct vec rich_format_find(struct arena *arena, const struct line *lines, size_t count);

#endif
