/* Which functions are watched, and what of them may be kept: the "spans" of VLSHIM_SPANS or of
 * data/spans.json. */
#ifndef SHIM_SPAN_RULES_H
#define SHIM_SPAN_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPAN_PATHS_MAX  16
#define SPAN_VIDEOS_MAX 4

/* One value to keep: under which name, and where it is. */
struct span_path {
    const char *name, *path;
};

struct span_paths {
    uint32_t count;
    struct span_path at[SPAN_PATHS_MAX];
};

struct span_rule {
    struct span_paths arguments, result;
    const char *note; /* a call is a note of that name, and no span; NULL: it is a span */
    uint32_t video_count;
    const char *videos[SPAN_VIDEOS_MAX];
};

/* A pattern of functions and the rule for them; several share one. */
struct span_function {
    const char *module, *qualname;
    const struct span_rule *rule;
    struct span_function *next;
};

/* The functions, in the file's order; NULL: none. Reads the file when it is first called, which may take
 * system calls. */
const struct span_function *span_rules(void);

/* Whether these are the rules of data/spans.json. */
bool span_rules_are_built_in(void);

/* For the above and its tests: reads text. NULL with *error: a sentence; the strings live as long as the
 * process. */
const struct span_function *span_rules_read(const char *text, size_t bytes, const char **error);

#endif
