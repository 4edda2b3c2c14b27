/* Which video does this thread work on: paths are held against VLSHIM_VIDEO_PATHS, and the videos that were
 * met are kept in a table that only grows. Number 0 is no video (_run). Safe from any thread and signal
 * handler. */
#ifndef SHIM_VIDEO_H
#define SHIM_VIDEO_H

#include "command.h"
#include "vl/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIDEO_NONE 0u
#define VIDEO_MAX  2048u /* what comes after that many is filed under none */

struct video {
    const char *name;   /* what stood for {video}; "" for none */
    const char *folder; /* absolute; "" where only VLSHIM_VIDEO or the parent's word names it */
    uint32_t pattern;   /* index of the pattern that matched */
    uint32_t hash;
    char *directory; /* the spool folder's name: name, escaped */
};

/* Reads the patterns and VLSHIM_VIDEO; then the video of the program's words. Before main. */
void video_init(const char *program, char *const *argv);

/* The entry of a number; number 0 and unknown ones give the entry of no video. */
const struct video *video_get(uint32_t number);

/* The video that an absolute, normalised path lies in, or VIDEO_NONE. folder: the path is a folder itself, so
 * it may be the video's own. */
uint32_t video_of_path(const char *path, size_t length, bool folder);

/* The same of a path at which a call found nothing: a folder that is not there, and was not met before, is no
 * video. Makes a system call when the video is a new one. */
uint32_t video_of_missing(const char *path, size_t length, bool folder);

/* The video that the words of a command name, if they name just one, else VIDEO_NONE. A word is a path as a
 * whole, as the value of an option, of name=value, or of one level of a:b and scheme:; nothing of text, of
 * code or of what is masked is. */
uint32_t video_of_command(const struct command *c);

/* The video that a program calls so: a path in its folder or of it, else the path's last component as a name,
 * which is one that was met before or a new one. VIDEO_NONE: no name. */
uint32_t video_named(const char *name);

/* Enters a video by name and folder (from VLSHIM_STATE); the strings are copied. */
uint32_t video_enter(const char *name, size_t name_length, const char *folder, size_t folder_length,
                     uint32_t pattern);

/* What a new thread of this process starts with, and whether paths may change it. */
struct video_default {
    uint32_t number;
    bool fixed; /* VLSHIM_VIDEO or argv named it: writing elsewhere does not change a thread's video */
};
extern struct video_default video_default;

#endif
