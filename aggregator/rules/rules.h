/* rules.json and error-patterns.tsv as structs: what a pipeline's processes, paths and lines mean.
 *
 * docs/ADD_A_RULE.md describes the file. A struct rules lives in the arena it was read into; one thread at a
 * time may match with it. */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "model/signal.h"
#include "rules/regex.h"

#include <stdbool.h>
#include <stdint.h>

/* What a rule looks at; the words are those of rules.json ("on"). */
#define RULE_SUBJECTS(X)                                                                                     \
    X(PROCESS, "process") /* a program, from its start to its end */                                         \
    X(EXIT, "exit")       /* the end of a program */                                                         \
    X(WRITE, "write")     /* a path was opened for writing, or something was renamed to it */                \
    X(CREATE, "create")   /* the same, the first time in the recording */                                    \
    X(RENAME, "rename")   /* a rename to a path */                                                           \
    X(LINE, "line")       /* a line of output */                                                             \
    X(SPAN, "span")       /* a function of an interpreter, from its call to its end */                       \
    X(NOTE, "note")       /* what a program said of itself */

enum rule_subject {
#define RULE_ENUM(name, word) RULE_ON_##name,
    RULE_SUBJECTS(RULE_ENUM)
#undef RULE_ENUM
};

enum rule_status { RULE_STATUS_ANY, RULE_STATUS_ZERO, RULE_STATUS_NONZERO };

/* How a function ended; one without an end in the recording is ANY alone. */
enum rule_ended { RULE_ENDED_ANY, RULE_ENDED_RETURNED, RULE_ENDED_RAISED };

/* An expression that a value has to match; its named groups become values. */
struct rule_find {
    struct str value;
    struct regex *regex;
};

/* An option of a program and how it is spelled: "quality": ["-q", "--quality"]. */
struct rule_option {
    struct str name;
    struct vec spellings; /* of struct str */
};

/* A captured value and the word to use for it: "stage" "MATCH" -> "matching". */
struct rule_word {
    struct str name, from, to;
};

struct rule {
    struct str id, place, source; /* place: file:line:column; source: as it stands there */
    enum rule_subject on;
    enum signal_kind means;
    struct vec programs;  /* of regex_ref; empty: any program */
    struct regex *argv;   /* NULL: any words */
    struct vec options;   /* of struct rule_option */
    struct regex *path;   /* NULL: any path */
    struct regex *from;   /* of a rename; NULL: any */
    struct vec contains;  /* of struct str: the line holds one of them; empty: any line */
    struct regex *line;   /* NULL: any line that contains one */
    unsigned streams;     /* bit 1: standard output, bit 2: standard error */
    struct vec functions; /* of regex_ref, for spans, and kinds of notes; empty: any */
    struct vec finds;     /* of struct rule_find: all must match */
    enum rule_ended ended;
    enum rule_status status;
    bool whole_run, also;
    int success;                                                                  /* -1: not said */
    struct str success_word, errors, fixes, result, took, exit, when, category;   /* templates */
    struct str stage, method, scene, name, number, check, message, output, model; /* templates */
    struct str expects; /* id of the rule that sees the output; "": none is expected */
    struct vec words;   /* of struct rule_word */
    struct vec results; /* of struct value: key to template */
    struct vec methods; /* of struct signal_value: stage to method */
    struct vec proofs;  /* of struct signal_value: stage to rule id */
    struct str missing, recheck;
    struct str video; /* template: the video that a line names */
};

/* One row of error-patterns.tsv. */
struct pattern {
    struct str row;                   /* all of it */
    struct str text;                  /* as written; begins with @: evidence */
    struct regex *regex;              /* NULL for evidence */
    struct str category;              /* without _error */
    int8_t fixable, auto_recoverable; /* 1, 0, -1: not known */
    struct str fix;                   /* \1 stands for the first capture */
    struct str place;                 /* file and line */
};

struct rules {
    struct arena *arena;
    struct str version;
    struct vec video_paths;  /* of regex_ref: named groups video and wildcards */
    struct vec interpreters; /* of regex_ref: programs that run a script */
    struct vec stages;       /* of struct str, in the pipeline's order */
    struct vec rules;        /* of struct rule, in order */
    struct vec patterns;     /* of struct pattern, in order */
    uint64_t high_memory_kb; /* a process that was killed above it may have been out of memory */
};

/* The rules and patterns that are built in. */
struct rules *rules_builtin(struct arena *arena);

/* Adds the file at `path` in front of the built-in rules (or instead of them, if it says so); its error
 * patterns come first. The error names the file, and the rule or the line and column. */
int rules_read(struct arena *arena, const char *path, struct rules **out, struct err *err);

/* The same from text; `where` names it in errors. */
int rules_parse(struct rules *rules, struct str where, struct str text, struct err *err);

/* Adds one row; `place` names it in errors. */
int pattern_add(struct rules *rules, struct str place, struct str row, struct err *err);

/* Reads rows of error-patterns.tsv. */
int patterns_parse(struct rules *rules, struct str where, struct str text, struct err *err);

/* All rules and patterns as they stand in their files (struct rule_text). */
struct vec rules_texts(const struct rules *rules);

#endif
