/* The processes, videos and lines of a recording, joined and in wall time: what conclude reasons about.
 *
 * Times are nanoseconds since 1970, UTC. Everything belongs to the arena of whoever built the tree. */
#ifndef MODEL_TREE_H
#define MODEL_TREE_H

#include "base/str.h"
#include "base/vec.h"
#include "model/crash.h"
#include "model/facts/facts.h"
#include "model/span.h"

#include <stdbool.h>
#include <stdint.h>

#define NO_TIME INT64_MIN

/* A video as users know it: one folder (or two, under different patterns) and everything filed under it. */
struct video {
    struct str name;     /* <video>, or <video>~<8 hex> where two folders share the name */
    struct str folder;   /* absolute; "" when not known */
    struct vec recorded; /* of uint32_t: its struct recorded_video indices, sorted */
};

/* A program that a process ran: argv with the interpreter in front of a script taken off. */
struct invocation {
    int64_t at_ns;
    struct str exe;     /* as recorded; may be empty */
    struct str program; /* basename */
    struct str args;    /* the words after it, joined by one space */
    struct str argv;    /* as recorded */
};

/* A process, with what it and its parent said of it put together. */
struct node {
    uint32_t fact;   /* index of struct recorded_process; NONE: known from its parent alone */
    uint32_t parent; /* index of struct node; NONE: not recorded */
    uint32_t first_child, next_sibling; /* NONE: there is none */
    uint32_t root;                      /* first ancestor that has no parent; itself if none */
    uint32_t depth;
    uint32_t host, pid;
    uint64_t key;             /* hash of host, boot, pid and start: the same in every fold */
    uint32_t spawn_tid;       /* thread of the parent that started it; 0: not known */
    uint32_t spawn_video;     /* struct recorded_video that the spawn was filed under; NONE: not seen */
    uint32_t video;           /* index of struct video it works on; NONE: none, or several */
    int64_t start_ns, end_ns; /* end NO_TIME: not in the recording */
    int64_t last_ns;          /* last sign of life */
    bool ended, alive;        /* alive: no end recorded, and it still runs on this host */
    bool instrumented;
    bool folded;        /* a wrapper's helper: no program of the log's; its figures count */
    int exit_status;    /* -1: ended by a signal, or not known */
    int signal;         /* 0: none */
    uint32_t killed_by; /* struct node that sent that signal; NONE: not seen */
    int64_t cpu_us;     /* -1: not known; children that it waited for are not in it */
    uint64_t peak_kb;   /* 0: not known */
    /* Of a run of the claude program: written to its standard input, read from its output; 0: not seen. */
    uint64_t stdin_bytes, stdout_bytes;
    struct vec commands; /* of struct invocation, in time order */
};

/* A line of text that a process printed. */
struct line {
    int64_t at_ns;
    uint32_t node; /* who printed it */
    uint32_t tid;
    uint32_t video;  /* NONE: none */
    uint8_t stream;  /* 1 or 2 */
    bool by_reader;  /* kept by the parent, which read it from the process's pipe */
    bool marked;     /* of standard output: kept because a marker matched */
    uint32_t batch;  /* the same for marked lines that one write printed; 0: not a marked line */
    struct str text; /* without line end and terminal escapes */
    uint64_t order;  /* of printing, within its process, stream and thread */
};

/* Something that happened once. */
struct occurrence {
    int64_t at_ns;
    uint32_t node, video; /* video NONE: none */
    const struct fact *fact;
};

/* What a process did to a file. */
struct file_access {
    uint32_t node, video;
    int64_t first_ns, last_ns;
    int64_t first_write_ns, last_write_ns; /* NO_TIME: never written */
    const struct file_use *use;
};

/* Raw ticks to wall time; the room that knows clocks fills it in. */
struct tree_clock {
    int64_t (*wall_ns)(const void *clocks, uint32_t host, uint64_t ticks);
    const void *clocks;
};

struct tree {
    struct arena *arena;
    const struct facts *facts;
    struct tree_clock clock;
    const struct seals *seals; /* that text of theirs is opened by */
    struct vec nodes;          /* of struct node; a parent comes before its children */
    struct vec videos;         /* of struct video, by name */
    uint32_t *video_of;        /* struct recorded_video index to struct video index; NONE for _run */
    uint32_t *node_of;         /* struct recorded_process index to struct node index */
    struct vec occurrences;    /* of struct occurrence, in time order */
    struct vec file_accesses;  /* of struct file_access, by (node, path, video) */
    struct vec crashes;        /* of struct crash, in time order */
    struct vec spans;          /* of struct span, by time; what is around a span comes before it */
    struct vec raises;         /* of struct raise, by time */
    struct vec notes;          /* of struct note, by time */
    struct vec lines;          /* of struct line, by (node, marked, stream, tid, order) */
};

static inline int64_t tree_wall(const struct tree *tree, uint32_t host, uint64_t ticks)
{
    return tree->clock.wall_ns(tree->clock.clocks, host, ticks);
}

static inline struct node *tree_node(const struct tree *tree, uint32_t index)
{
    return VEC_AT(&tree->nodes, struct node, index);
}

/* The host that a video was made on: that of its first process, else of the first that happened for it. */
uint32_t tree_host_of_video(const struct tree *tree, uint32_t video);

/* "": there is no such host. */
struct str tree_host_name(const struct tree *tree, uint32_t host);

/* The folder that a process, or else the nearest one above it that told, began to work in: that of its last
 * program; "": none told. */
struct str tree_folder(const struct tree *tree, uint32_t node);

/* Whether `node` is `ancestor` or below it. A parent comes before its children. */
static inline bool tree_below(const struct tree *tree, uint32_t node, uint32_t ancestor)
{
    while (node != NONE && node > ancestor)
        node = tree_node(tree, node)->parent;
    return node == ancestor;
}

/* The node after `node` on a walk over `top` and all below it; NONE at the end. Begin with `top`. */
static inline uint32_t tree_next(const struct tree *tree, uint32_t node, uint32_t top)
{
    if (tree_node(tree, node)->first_child != NONE)
        return tree_node(tree, node)->first_child;
    while (node != top && tree_node(tree, node)->next_sibling == NONE)
        node = tree_node(tree, node)->parent;
    return node == top ? NONE : tree_node(tree, node)->next_sibling;
}

#endif
