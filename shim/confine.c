/* Beginning and ending the time in which no system call is made. */
#define VL_RAW_INSTEAD_HERE /* what fails in tests/failing, fails before it comes to raw6 */
#include "confine.h"

#include "clock.h"
#include "crash/crash.h"
#include "deep.h"
#include "fds.h"
#include "lines.h"
#include "paths.h"
#include "threads.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <time.h>

#define WAITS   20000 /* for other threads' work: it takes microseconds, unless the machine is busy */
#define WAIT_NS 100000

bool raw_confined;
int32_t raw_busy;
__thread bool raw_at_work;

long raw6(long number, long a, long b, long c, long d, long e, long f)
{
    long result = raw_begin() ? raw6_always(number, a, b, c, d, e, f) : -EPERM;
    raw_end();
    return result;
}

static bool by_child; /* it was a vfork child that began it */

enum confinement confine_by_prctl(int option, unsigned long what, unsigned long filter)
{
    if (option == PR_SET_TSC)
        return what == PR_TSC_SIGSEGV ? CONFINE_CLOCK : CONFINE_NOT;
    if (option != PR_SET_SECCOMP)
        return CONFINE_NOT;
    if (what == SECCOMP_MODE_STRICT)
        return CONFINE_STRICT;
    return what == SECCOMP_MODE_FILTER && filter ? CONFINE_FILTER : CONFINE_NOT; /* no filter: a question */
}

enum confinement confine_by_seccomp(unsigned long operation, unsigned long filter)
{
    if (operation == SECCOMP_SET_MODE_STRICT)
        return CONFINE_STRICT;
    return operation == SECCOMP_SET_MODE_FILTER && filter ? CONFINE_FILTER : CONFINE_NOT;
}

/* Room, and what only the kernel knows: the working directory, the standard descriptors. */
static void stock_up(void)
{
    struct thread *t = thread_get();
    SCRATCH(struct path, cwd);
    if (cwd)
        path_cwd(cwd);
    for (int fd = 0; fd < 3; fd++)
        fds_known(fd);
    if (t && !thread_is_vfork_child())
        thread_stock_up(t);
    lines_prepare();
}

static void wait_for_others(void)
{
    const struct timespec pause = {0, WAIT_NS};
    int32_t own = raw_at_work;
    for (int i = 0; i < WAITS && __atomic_load_n(&raw_busy, __ATOMIC_SEQ_CST) > own; i++)
        raw6_always(SYS_nanosleep, (long)&pause, 0, 0, 0, 0, 0);
}

bool confine_begin(enum confinement how)
{
    if (how == CONFINE_NOT || __atomic_load_n(&raw_confined, __ATOMIC_RELAXED))
        return false;
    if (how != CONFINE_CLOCK) {
        crash_stand_back();
        stock_up();
    }
    clock_confine(how != CONFINE_FILTER);
    if (how == CONFINE_CLOCK)
        return false;
    by_child = thread_is_vfork_child();
    __atomic_store_n(&shim.sample_due, UINT64_MAX, __ATOMIC_RELAXED);
    __atomic_store_n(&raw_confined, true, __ATOMIC_SEQ_CST); /* pairs with raw_begin_work */
    wait_for_others();
    return true;
}

static void lift(void)
{
    __atomic_store_n(&raw_confined, false, __ATOMIC_SEQ_CST);
    __atomic_store_n(&shim.sample_due, 0, __ATOMIC_RELAXED);
    clock_set_free();
}

void confine_end(bool installed)
{
    if (!installed)
        lift();
    else if (!by_child)
        deep_forbid();
}

void confine_child_ended(void)
{
    if (by_child && raw_confined)
        lift();
    by_child = false;
}
