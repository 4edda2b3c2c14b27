/* What an interpreter told of itself: functions that ran, exceptions, and notes. Everything belongs to the
 * tree's arena; times are as in tree.h. */
#ifndef MODEL_SPAN_H
#define MODEL_SPAN_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* One call of a function, or one run of a coroutine. */
struct span {
    uint32_t node, tid;
    uint32_t video;   /* NONE: none */
    uint32_t parent;  /* index in tree->spans; NONE: none was recorded around it */
    bool names_video; /* it, or one around it, was given the video; rules fills it in */
    uint64_t task;    /* 0: none */
    int64_t start_ns;
    int64_t end_ns;       /* NO_TIME: not in the recording */
    int64_t last_ns;      /* end, or the last sign of life of its process */
    int how;              /* enum vl_span_end; -1: it has no end */
    struct str function;  /* "module:qualified name" */
    struct str arguments; /* JSON objects; "": nothing was kept */
    struct str result;
};

struct raise {
    int64_t at_ns;
    uint32_t node, tid, video;
    uint32_t span;   /* index in tree->spans: the innermost one; NONE */
    int how;         /* enum vl_raise */
    uint64_t count;  /* at least 1 */
    struct str line; /* "NameError: name 'x' is not defined" */
    struct str text; /* the traceback; "": none */
};

struct note {
    int64_t at_ns;
    uint32_t node, tid, video;
    uint32_t span; /* as of raise */
    struct str kind, data;
};

#endif
