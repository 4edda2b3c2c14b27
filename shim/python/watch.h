/* Which code objects are watched: those of a module that is about to run are held against the rules. */
#ifndef SHIM_PYTHON_WATCH_H
#define SHIM_PYTHON_WATCH_H

#include "python/api.h"
#include "python/rules.h"
#include "spans.h"

enum watch_kind {
    WATCH_SPAN,    /* a rule's function */
    WATCH_CLASS,   /* the body of a class that has such functions */
    WATCH_LOG,     /* logging.Formatter.formatException */
    WATCH_WARNING, /* warnings._showwarnmsg */
    WATCH_PRINT    /* traceback.print_exc and its kin */
};

/* A value among a call's arguments: a parameter, and what of it. */
struct watch_argument {
    const char *name, *parameter, *rest;
    int index; /* of the parameter; -1: by name alone */
};

struct watched {
    PyObject *code; /* not held: its functions do that */
    enum watch_kind kind;
    bool top;   /* not within a class or a function */
    bool local; /* within a function */
    bool met;   /* a function of it was seen */
    int first_line, flags, parameters, keyword_only;
    struct span_name name;
    const struct span_rule *rule;
    uint32_t argument_count, video_count;
    struct watch_argument arguments[SPAN_PATHS_MAX], videos[SPAN_VIDEOS_MAX];
    const char *own_name;   /* of the function, as the code has it */
    struct watched *before; /* the entry before this one */
};

/* What is watched of a module: how many functions, how many of them that no class holds; its file. */
struct watch_found {
    int functions, outside;
    const char *file;
};

/* A module's code is about to run. */
struct watch_found watch_module(PyObject *code);

/* Enters it in the place of one whose code lay at the same address before, if there is one; false: no room.
 */
bool watch_enter(struct watched *);

/* The entry of a code object, or NULL. */
struct watched *watch_find(PyObject *code);

/* Whether the entry is still that code's, and not of one that lay there before. */
bool watch_is_same(const struct watched *, PyObject *code);

/* The latest entry; each knows the one before it. NULL: there is none. */
struct watched *watch_latest(void);

#endif
