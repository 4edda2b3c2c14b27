/* A fatal signal as it was recorded in the process, and its stack. Everything belongs to the tree's arena. */
#ifndef MODEL_CRASH_H
#define MODEL_CRASH_H

#include "base/str.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct frame {
    uint64_t address;    /* where it was, as the process saw it */
    uint64_t offset;     /* of the instruction that was running, in the module */
    struct str module;   /* absolute path; "": none */
    struct str build_id; /* hexadecimal; "": it has none */
    /* symbols fills in, as far as the module's file is still the one that ran: */
    struct str function, file; /* "": not known */
    int line;                  /* with file */
};

struct crash {
    uint32_t node, tid;
    int64_t at_ns;
    int signal;
    uint64_t address;  /* that could not be used; where the signal was sent: 0 */
    bool handled;      /* the program has a handler of its own */
    bool ended;        /* the process ended of it, by the signal or inside that handler */
    bool cut;          /* the stack goes on beyond the last frame */
    struct vec frames; /* of struct frame, innermost first */
    struct str python; /* lines, innermost first; "": none */
};

#endif
