/* What the recorder will see of a program, and what it finds on this machine.
 *
 * Texts belong to the arena of whoever looked. */
#ifndef MODEL_DIAGNOSIS_H
#define MODEL_DIAGNOSIS_H

#include "base/str.h"
#include "base/vec.h"

enum seen { SEEN_YES, SEEN_PARTLY, SEEN_NO };

/* One thing that a recording tells of a program: whether it will, and why. */
struct capability {
    const char *what;
    enum seen seen;
    struct str why;
};

/* One file that is executed: a script, its interpreter, the program. */
struct diagnosed {
    struct str word;         /* as the command names it */
    struct str path;         /* found, links followed */
    struct str shape;        /* "ELF 64-bit x86-64, dynamic, glibc", "script of /bin/sh" */
    struct str note;         /* what to do or to ask next; "" */
    struct vec capabilities; /* of struct capability; of the last of a chain alone */
};

/* Something that the recorder needs, or that makes it see more. */
struct finding {
    const char *what;
    enum seen fine; /* SEEN_PARTLY: works, with less */
    struct str found;
    struct str advice; /* "" */
};

struct diagnosis {
    struct vec programs; /* of struct diagnosed, in the order in which they are executed */
    struct vec findings; /* of struct finding */
};

#endif
