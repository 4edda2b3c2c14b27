/* The patterns of VLSHIM_VIDEO_PATHS, and holding paths against them. */
#ifndef SHIM_VIDEO_PATTERNS_H
#define SHIM_VIDEO_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct video_match {
    const char *name; /* what stands for {video}: points into the path */
    size_t name_length;
    size_t folder_length; /* so much of the path is the video's folder */
    uint32_t pattern;     /* index of the pattern */
};

/* Reads a colon-separated list; those without {video} are left out. Before main. */
void video_patterns_read(const char *list);

/* The video that an absolute, normalised path lies in, by the first pattern that matches; false: none.
 * folder: the path is a folder itself, so it may be the video's own. Safe from any thread and signal handler.
 */
bool video_pattern_match(const char *path, size_t length, bool folder, struct video_match *out);

#endif
