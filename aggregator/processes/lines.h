/* Pieces of text, as written, joined into lines; one Python traceback is about ten writes. */
#ifndef PROCESSES_LINES_H
#define PROCESSES_LINES_H

#include "model/tree.h"

#define LINE_BYTES_MAX 8192 /* what is longer is cut there */

/* Fills tree->lines. Terminal escapes are taken out, and of a line that was overwritten with carriage returns
 * the last state is kept. What a parent read from a child that told its own text is left out. */
void lines_join(struct tree *tree);

/* The lines of one process, a run of tree->lines. */
struct line_run {
    const struct line *first;
    size_t count;
};
struct line_run lines_of(const struct tree *tree, uint32_t node);

#endif
