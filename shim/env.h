/* Carrying the shim through exec: the environment that a new program gets. */
#ifndef SHIM_ENV_H
#define SHIM_ENV_H

#include "self.h"
#include "video.h"

#include <stdbool.h>
#include <stddef.h>

/* Entries of an environment block, without the NULL. */
size_t env_count(char *const *environment);

/* The absolute path that the loader found this library at. */
const char *env_own_path(void);

/* What our variables say to a child. */
struct env_words {
    const struct identity *who; /* the process that starts it, or becomes it */
    const struct video *video;
    uint64_t call;     /* as in state.h */
    const char *state; /* an entry to use as it is, or NULL: made from who and video */
    bool leave_out;    /* our entry in LD_PRELOAD: the program's loader could only complain of it */
};

#define ENV_EXTRA 5 /* pointers beside those of env_count() */

/* Writes a copy of environment to out, which has room for env_count() + ENV_EXTRA pointers, with our
 * variables set; strings of ours go to text. Other variables and their order stay. An explicit VLSHIM_OFF=1
 * in it is respected: then nothing is changed. Uses no heap and no lock. */
void env_build(char *const *environment, const struct env_words *words, char **out, char *text,
               size_t text_bytes);

/* Bytes that the strings take at the most. */
size_t env_text_bytes(char *const *environment, const struct video *video);

/* The value of "NAME=" in a block, or NULL. */
const char *env_value(char *const *environment, const char *name);

/* Before main: makes environ itself carry us to children that get it as it is (system, popen, bare system
 * calls), and say that this process is the parent and works on that video. Where our entries are there
 * already only one pointer changes. Memory is the shim's own and kept. */
void env_adopt(uint32_t video);

/* An environ of ours in place of the program's own, for the length of one call of libc's. */
struct env_loan {
    char **lent, **own;
    size_t bytes;
};

/* Before system() or popen(): the same for a child of a thread that works on that video. An environ that the
 * program made itself, without us in it, is replaced until env_take_back, and only while no other thread
 * could set variables; so is one with us in it where our file is not to be seen. */
struct env_loan env_lend(uint32_t video);
void env_take_back(const struct env_loan *loan);

/* In a forked child: entries that were made here name the child where they named its parent. */
void env_forked(void);

#endif
