/* Python tracebacks in a process's lines: plain ones, chained ones, and those that Rich draws in a box. */
#ifndef FAILURES_TRACEBACK_H
#define FAILURES_TRACEBACK_H

#include "model/tree.h"

struct traceback {
    int64_t at_ns;  /* of its last line */
    uint32_t video; /* of its first line */
    struct vec
        chain; /* of struct str: "NameError: name 'x' is not defined", causes first, the one raised last */
    struct str text; /* all of it, without the box */
};

/* The tracebacks (struct traceback) in a run of lines, in order; a chain is one. Text lives in the arena. */
struct vec traceback_find(struct arena *arena, const struct line *lines, size_t count);

/* The last of the chain. */
struct str traceback_message(const struct traceback *trace);

#endif
