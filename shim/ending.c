/* Recording a process's end. */
#include "ending.h"

#include "crash/report.h"
#include "emit.h"
#include "lines.h"
#include "samples.h"
#include "spool.h"
#include "stream.h"

#include <errno.h>
#include <stdlib.h>

/* A library's constructor runs before libc registers its own end of all destructors, and handlers run in
 * reverse: this one comes last of all. */
static void at_exit(int status, void *unused)
{
    (void)unused;
    if (!shim_on())
        return;
    streams_end();
    ending(VL_EXIT_RETURN, status);
}

void ending_init(void) { on_exit(at_exit, NULL); }

void ending(enum vl_exit how, int status)
{
    int error = errno;
    crash_report_ending();
    if (thread_is_vfork_child()) {
        EMIT(process_exit, VIDEO_CURRENT, clock_instant(), how, status);
    } else {
        samples_end();
        EMIT(process_exit, VIDEO_CURRENT, clock_instant(), how, status);
        if ((status & 0xff) == 0)
            lines_wipe();
        if (thread_self)
            thread_finish(thread_self);
        spool_ending();
    }
    errno = error;
}

/* A vfork child shares its parent's memory, whose peak the kernel carries over to what it executes. */
void ending_by_exec(bool stranger)
{
    if (thread_is_vfork_child()) {
        if (stranger)
            samples_end();
        return;
    }
    samples_end();
    lines_wipe();
    if (thread_self)
        thread_finish(thread_self);
    spool_ending();
}
