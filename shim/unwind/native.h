/* The native stack, by libunwind and each module's unwind tables. */
#ifndef UNWIND_NATIVE_H
#define UNWIND_NATIVE_H

#include "crash/job.h"

/* Fills frames, frame_count and frames_cut from the job's registers. */
void native_unwind(int pid, struct crash_job *job);

#endif
