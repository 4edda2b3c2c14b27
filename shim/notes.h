/* What a program says of itself, as events: include/vlshim.h, and what else speaks for it. Any thread. */
#ifndef SHIM_NOTES_H
#define SHIM_NOTES_H

#include <stddef.h>
#include <stdint.h>

/* The same with the span that it is said in and the video that it is of, or VIDEO_CURRENT; text is not ended.
 */
void note_of(uint32_t video, uint64_t span, const char *name, const char *json, size_t bytes);

/* kind: a word; json: an object. What is longer than 16 KiB is not recorded, but counted. */
void note(const char *kind, const char *json);

#endif
