/* Recording a fatal signal: what and where, then the stack. */
#ifndef SHIM_CRASH_REPORT_H
#define SHIM_CRASH_REPORT_H

#include <signal.h>
#include <stdbool.h>

/* In the handler, before the program's own is called (handled) or the process dies. Takes about two seconds
 * at the most; of handled signals only the first few of a process are recorded, as some programs live on
 * them. */
void crash_report(int number, const siginfo_t *info, void *context, bool handled);

/* In a handler: it interrupted this thread's own crash_report. */
bool crash_report_is_going_on(void);

/* In a process that runs in its parent's memory: tables there are the parent's. */
bool crash_report_is_for_parent(void);

/* The process ends by its own will: tells so if that is out of a handler that was recorded. */
void crash_report_ending(void);

/* From here on nothing is recorded. */
void crash_report_stop(void);

#endif
