/* CPU and memory of this process, from getrusage and, since that one's peak is never below what the parent
 * had at exec (the kernel carries it over), from /proc/self/status. */
#include "samples.h"

#include "apart.h"
#include "emit.h"

#include <fcntl.h>
#include <sys/resource.h>

#define TICKS_BETWEEN_TSC (1u << 28) /* about a tenth of a second */
#define NS_BETWEEN        100000000u

static uint64_t inherited_maxrss_kb;

struct memory {
    uint64_t rss_kb, peak_kb; /* 0: not known */
    volatile bool done;
};

static uint64_t interval(void) { return shim.tsc ? TICKS_BETWEEN_TSC : NS_BETWEEN; }

static uint64_t field_kb(const char *status, const char *name)
{
    const char *p = strstr(status, name);
    uint64_t kb = 0;
    if (!p)
        return 0;
    for (p += strlen(name); *p == ' ' || *p == '\t'; p++) {
    }
    for (; *p >= '0' && *p <= '9'; p++)
        kb = kb * 10 + (uint64_t)(*p - '0');
    return kb;
}

static void read_status(void *argument)
{
    struct memory *m = argument;
    char text[1400]; /* the fields come early */
    long fd = raw(SYS_openat, AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC, 0);
    if (fd >= 0) {
        long n = raw(SYS_read, fd, text, sizeof text - 1);
        raw(SYS_close, fd);
        text[n > 0 ? n : 0] = '\0';
        m->peak_kb = field_kb(text, "\nVmHWM:");
        m->rss_kb = field_kb(text, "\nVmRSS:");
    }
    compiler_barrier();
    m->done = true;
}

static struct memory memory_now(void)
{
    struct memory m = {0};
    struct blocked_signals signals = raw_block_signals();
    apart_run(read_status, &m, &m.done);
    raw_restore_signals(signals);
    return m;
}

static uint64_t microseconds(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

static void sample_emit(const struct rusage *r, const struct memory *m)
{
    EMIT(process_sample, VIDEO_CURRENT, clock_instant(), microseconds(r->ru_utime), microseconds(r->ru_stime),
         (uint64_t)r->ru_maxrss, m->rss_kb, m->peak_kb);
}

static struct rusage usage_now(void)
{
    struct rusage r = {0};
    raw(SYS_getrusage, RUSAGE_SELF, &r);
    return r;
}

void samples_begin(void)
{
    struct rusage r = usage_now();
    struct memory nothing_known = {0};
    inherited_maxrss_kb = (uint64_t)r.ru_maxrss;
    __atomic_store_n(&shim.sample_due, clock_ticks() + interval(), __ATOMIC_RELAXED);
    sample_emit(&r, &nothing_known);
}

COLD void samples_take(void)
{
    uint64_t due = __atomic_load_n(&shim.sample_due, __ATOMIC_RELAXED), now = clock_ticks();
    if (now <= due || thread_is_vfork_child() ||
        !__atomic_compare_exchange_n(&shim.sample_due, &due, now + interval(), 0, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        return;
    struct rusage r = usage_now();
    struct memory m = memory_now();
    sample_emit(&r, &m);
}

uint64_t samples_own_peak_kb(void)
{
    uint64_t told = (uint64_t)usage_now().ru_maxrss;
    uint64_t own = told <= inherited_maxrss_kb ? memory_now().peak_kb : 0;
    return own ? own : told;
}

/* Where the peak has risen above what was inherited it is this image's own, and a look at /proc is saved. */
void samples_end(void)
{
    struct rusage r = usage_now();
    struct memory m = {0};
    bool memory_is_parents = thread_is_vfork_child();
    if (!memory_is_parents &&
        ((uint64_t)r.ru_maxrss <= inherited_maxrss_kb || clock_ticks() > shim.sample_due - interval() / 2))
        m = memory_now();
    sample_emit(&r, &m);
}
