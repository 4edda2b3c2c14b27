/* Which files a command executes, one after the other: scripts, their interpreters, what wrappers start. */
#ifndef INSPECT_COMMAND_H
#define INSPECT_COMMAND_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

/* A file that is executed. */
struct step {
    struct str word;   /* as it is named by what comes before it */
    struct str path;   /* absolute, links followed; "": not found */
    bool is_script;    /* the next step is its interpreter */
    bool becomes_next; /* a wrapper: it turns into, or starts, the next step */
    bool shell_script; /* what it starts is not looked into */
};

/* The steps (struct step) of a command's words; the last one is the program that stays. At most 16. */
struct vec command_steps(struct arena *arena, char *const *words);

#endif
