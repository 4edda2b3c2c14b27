/* The addresses of a stack: found without a helper, and written down with the module that each lies in. */
#ifndef SHIM_CRASH_FRAMES_H
#define SHIM_CRASH_FRAMES_H

#include "crash/job.h"

#include <stddef.h>

/* Follows the frame pointers from the job's registers; every word is read through the kernel, so that a
 * broken chain ends the walk and nothing else. Answers in the job. */
void crash_frames_walk(struct crash_job *job);

/* One line a frame, as events.def says; frames of this library are left out. Returns the bytes written. */
size_t crash_frames_write(const struct crash_job *job, char *out, size_t bytes);

#endif
