/* The helper process that unwinds a crashed thread's stack, so that no unwinding library is ever in the
 * program. */
#ifndef SHIM_CRASH_HELPER_H
#define SHIM_CRASH_HELPER_H

#include "crash/job.h"

/* Runs the helper found beside this library on the job, two seconds at the most; what it answered by then is
 * in the job. Nothing is answered where there is no helper, or the kernel does not let it look. With signals
 * blocked; not by two threads at once. */
void crash_helper_run(struct crash_job *job);

/* The program allows another process to trace it (PR_SET_PTRACER): it is to find that as it left it. */
void crash_helper_note_tracer(unsigned long pid);

/* From here on no helper is started. */
void crash_helper_forbid(void);

#endif
