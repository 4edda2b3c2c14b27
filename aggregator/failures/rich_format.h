/* Errors in a log as Rich prints it, manim's among others: in columns, wrapped to the console's width. */
#ifndef FAILURES_RICH_FORMAT_H
#define FAILURES_RICH_FORMAT_H

#include "model/tree.h"

/* For each record of level ERROR or CRITICAL its message in one line (struct line *), with time and stream of
 * the record's first line. An error of TeX that manim passes on is as TeX marks it: "! Undefined control
 * sequence." */
struct vec rich_format_find(struct arena *arena, const struct line *lines, size_t count);

#endif
