/* What the files that tell one video's story share; private to this room. */
#ifndef TIMELINE_VIDEO_CONTEXT_H
#define TIMELINE_VIDEO_CONTEXT_H

#include "model/story.h"

/* A stretch of a run in which the video was in a stage. */
struct window {
    struct str stage;
    uint32_t root, owner;     /* owner: the process that leads the stage; NONE: not known */
    int64_t start_ns, end_ns; /* end: of what was seen so far */
    bool closed;              /* something said that it ended */
    bool whole_run;           /* the run as a whole was in that stage */
    bool skipped;
    bool exact;  /* a function's call: its start and end are those of the stage */
    int success; /* as said by the end's line, or by what the function returned; -1 */
    struct vec values;
    struct str method, result, config; /* "": not said; the last two are JSON objects */
    struct str rule;                   /* by which it was first seen; "": it was not a rule's own sign */
    const struct signal *said;         /* the span or note that told of its end; NULL */
};

/* A moment at which the pipeline worked on a video. */
struct act {
    uint32_t root, film;
    int64_t start_ns, end_ns;
};

struct teller {
    const struct tree *tree;
    struct arena *arena;
    const struct vec *signals;     /* of struct signal: the film's and the run's, in time order */
    const struct vec *all_signals; /* every film's */
    const struct vec *acts;        /* of struct act, by (root, start): every film's */
    const struct vec *own_acts;    /* the film's */
    const struct vec *all_calls;   /* of struct call, by start: every film's */
    const struct vec *temps;       /* of deed_ref: temporary files made for the film, in time order */
    const struct vec *stage_order; /* of struct str */
    const bool *worker;            /* for each node: it or one above it is an operation, a fix or a helper */
    const struct map *removals;    /* temp_removals() */
    uint32_t film;
    struct vec windows; /* of struct window, by (root, start) */
    struct story *story;
};

typedef const struct deed *deed_ref;

static inline uint32_t teller_root(const struct teller *t, uint32_t node)
{
    return node == NONE ? NONE : tree_node(t->tree, node)->root;
}

/* Whether a signal tells something of the teller's video. */
static inline bool teller_concerns(const struct teller *t, const struct signal *signal)
{
    return signal->film == t->film;
}

/* Whether a file was written by an operation or a call for help, and not by the pipeline itself: that says
 * nothing of the stage that the pipeline is in. */
static inline bool teller_is_helpers(const struct teller *t, const struct signal *signal)
{
    return signal->from_path && t->worker[signal->node];
}

#endif
