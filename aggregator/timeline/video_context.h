/* What the files that tell one video's story share; private to this room. */
#ifndef TIMELINE_VIDEO_CONTEXT_H
#define TIMELINE_VIDEO_CONTEXT_H

#include "model/story.h"

/* A stretch of a run in which the video was in a stage. */
struct stage_interval {
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
    const struct signal *reported;     /* the span or note that told of its end; NULL */
};

/* A moment at which the pipeline worked on a video. */
struct activity {
    uint32_t root, video;
    int64_t start_ns, end_ns;
};

struct video_context {
    const struct tree *tree;
    struct arena *arena;
    const struct vec *signals;        /* of struct signal: the video's and the run's, in time order */
    const struct vec *all_signals;    /* every video's */
    const struct vec *activities;     /* of struct activity, by (root, start): every video's */
    const struct vec *own_activities; /* the video's */
    const struct vec *all_calls;      /* of struct call, by start: every video's */
    const struct vec *temps;       /* of occurrence_ref: temporary files made for the video, in time order */
    const struct vec *stage_order; /* of struct str */
    const bool *worker;            /* for each node: it or one above it is an operation, a fix or a helper */
    const struct map *removals;    /* temp_files_removals() */
    uint32_t video;
    struct vec intervals; /* of struct stage_interval, by (root, start) */
    struct story *story;
};

typedef const struct occurrence *occurrence_ref;

static inline uint32_t video_context_root(const struct video_context *t, uint32_t node)
{
    return node == NONE ? NONE : tree_node(t->tree, node)->root;
}

/* Whether a signal tells something of the video. */
static inline bool video_context_concerns(const struct video_context *t, const struct signal *signal)
{
    return signal->video == t->video;
}

/* Whether a file was written by an operation or a call for help, and not by the pipeline itself: that says
 * nothing of the stage that the pipeline is in. */
static inline bool video_context_is_helpers(const struct video_context *t, const struct signal *signal)
{
    return signal->from_path && t->worker[signal->node];
}

#endif
