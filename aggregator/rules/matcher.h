/* What the parts of matching share; private to this room. */
#ifndef RULES_MATCHER_H
#define RULES_MATCHER_H

#include "model/tree.h"
#include "rules/rules.h"

struct matcher {
    const struct rules *rules;
    const struct tree *tree;
    struct arena *arena;
    struct vec signals; /* of struct signal */
};

/* Where and when something was seen. */
struct observation {
    int64_t at_ns, end_ns;
    uint32_t node, tid, video, batch;
    int success; /* -1: the sight does not tell */
    bool from_process;
    struct str path;
};

/* Adds what a rule says of it; its words are put into the values first. */
struct signal *matcher_add(struct matcher *m, const struct rule *rule, const struct observation *observation,
                           struct vec *values);

/* The video of that name, `otherwise` if that one is called so or none is. */
uint32_t match_video_called(const struct tree *tree, struct str name, uint32_t otherwise);

/* Adds what rules see in spans and notes (match_spans.c). */
void match_spans(struct matcher *m, struct tree *tree);

/* Fills program and args of every command of the tree: what rules on processes look at (match_programs.c).
 */
void match_programs(const struct rules *rules, struct tree *tree);

#endif
