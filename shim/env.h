/* Carrying the shim through exec: the environment that a new program gets.
 *
 * VLSHIM_STATE is one string, so that a child needs no system call to know its host, boot, clock and parent:
 *   1,<pid>,<start>,<parent pid>,<parent start>,<image>,<boot id>,<host>,<clock>,<crc>,<utc offset>,<utc
 * until>, <pattern>,<video>,<folder> Numbers are hexadecimal but for the signed offset; pid and start are
 * those of the process that wrote it: after an exec they are the reader's own, after a spawn its parent's. */
#ifndef SHIM_ENV_H
#define SHIM_ENV_H

#include "self.h"
#include "video.h"

#include <stddef.h>

/* Entries of an environment block, without the NULL. */
size_t env_count(char *const *environment);

/* The absolute path that the loader found this library at. */
const char *env_own_path(void);

/* Writes a copy of environment to out, which has room for env_count() + 5 pointers, with our variables set
 * for a child of `who` working on `video`; strings of ours go to text. Other variables and their order stay.
 * An explicit VLSHIM_OFF=1 in it is respected: then nothing is changed. Uses no heap and no lock. */
void env_build(char *const *environment, const struct identity *who, const struct video *video, char **out,
               char *text, size_t text_bytes);

/* Bytes that the strings take at the most. */
size_t env_text_bytes(char *const *environment, const struct video *video);

/* Reads VLSHIM_STATE into self, shim and the inherited video; false if it is not of this host or not
 * readable. */
bool env_read_state(const char *state);

/* Before main, in the first process: makes environ itself carry us to children that get it unchanged (system,
 * popen, bare system calls). Memory is the shim's own and lives as long as the process. */
void env_adopt(void);

#endif
