/* The Python frames of the crashed thread, read out of the interpreter's memory: nothing of it is run. */
#ifndef UNWIND_PYTHON_H
#define UNWIND_PYTHON_H

#include "crash/job.h"

/* Fills python and python_bytes: a line a frame, innermost first, as tracebacks write them. Nothing where the
 * release is not known, or the thread is not one of the interpreter's. */
void python_unwind(struct crash_job *job);

#endif
