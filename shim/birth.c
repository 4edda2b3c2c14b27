/* Recording processes that begin without exec. */
#include "birth.h"

#include "deep.h"
#include "emit.h"
#include "plain.h"
#include "samples.h"
#include "spool.h"
#include "tap.h"

#include <errno.h>

static const struct args no_args;

uint64_t birth_peak_kb(bool stranger) { return stranger ? samples_own_peak_kb() : samples_peak_bound_kb(); }

static void tell(pid_t pid, enum vl_start how, uint64_t start, uint64_t peak_kb)
{
    EMIT(process_spawn, VIDEO_CURRENT, clock_timing(start), how, (uint64_t)pid, 0, span_of(""), no_args, 0,
         peak_kb);
}

/* What a child records before the call has returned in it (handlers of pthread_atfork, the function that
 * clone was given) finds it, too. */
uint64_t birth_begins(void)
{
    if (shim_on())
        threads_before_fork();
    uint64_t now = clock_ticks();
    thread_fork_call = shim_on() ? now : 0;
    return now;
}

pid_t birth_forked(pid_t pid, enum vl_start how, uint64_t start)
{
    int error = errno;
    if (pid == 0) {
        deep_forbid();
        plain_begin_child();
        tap_begin_child();
        threads_check_fork();
    } else if (pid > 0) {
        tell(pid, how, start, 0);
    }
    thread_fork_call = 0;
    errno = error;
    return pid;
}

void birth_vfork_child(void)
{
    struct thread *t = thread_get();
    if (t)
        thread_child_begins(t);
}

void birth_vfork_parent(pid_t pid, enum vl_start how)
{
    struct thread *t = thread_self;
    if (!t || pid <= 0)
        return;
    uint64_t start = t->child.pid ? t->child.start : clock_ticks(); /* its pid may be another to itself */
    thread_child_ends(t);
    tell(pid, how, start, birth_peak_kb(t->child_is_stranger));
}

void birth_tell_denied(void)
{
    uint32_t user = 0;
    int kept = errno, error = spool_denies(&user);
    if (error != 0 && !EMIT(spool_deny, VIDEO_CURRENT, clock_instant(), user, error))
        spool_dropped(VL_REASON_OUT_OF_REACH);
    errno = kept;
}
