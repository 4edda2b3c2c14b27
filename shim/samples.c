/* CPU and memory of this process, from getrusage and, since that one's peak is never below what the parent
 * had at exec (the kernel carries it over), from /proc/self/status; and what /proc says of bytes. */
#include "samples.h"

#include "apart.h"
#include "emit.h"

#include <fcntl.h>
#include <sys/resource.h>

#define TICKS_BETWEEN_TSC (1u << 28) /* about a tenth of a second */
#define NS_BETWEEN        100000000u

static uint64_t inherited_maxrss_kb, begin_ticks;

struct look {
    uint64_t rss_kb, peak_kb;                                    /* 0: not known */
    uint64_t read_bytes, written_bytes, read_calls, write_calls; /* read_calls 0: not known */
    uint64_t storage_read_bytes, storage_written_bytes;
    bool wants_io;
    volatile bool done;
};

static uint64_t interval(void) { return shim.tsc ? TICKS_BETWEEN_TSC : NS_BETWEEN; }

/* What was read of a file, from where it is being looked at on. */
struct fields {
    const char *at, *end;
};

/* The fields are asked for in the file's order. */
static uint64_t field(struct fields *f, const char *name)
{
    size_t n = strlen(name);
    const char *p = memmem(f->at, (size_t)(f->end - f->at), name, n);
    uint64_t value = 0;
    if (!p)
        return 0;
    for (p += n; *p == ' ' || *p == '\t'; p++) {
    }
    for (; *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    f->at = p;
    return value;
}

static bool read_file(const char *path, char *text, size_t room, struct fields *f)
{
    long fd = raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    long n = raw(SYS_read, fd, text, room - 1);
    raw(SYS_close, fd);
    text[n > 0 ? n : 0] = '\0';
    *f = (struct fields){text, text + (n > 0 ? n : 0)};
    return n > 0;
}

/* "/proc/<pid>/io": in a helper's hands /proc/self is the helper. */
static const char *io_path(char text[32])
{
    static const char before[] = "/proc/", after[] = "/io";
    char digits[12];
    size_t at = sizeof digits, n = sizeof before - 1;
    for (uint32_t pid = self.process.pid; pid > 0; pid /= 10)
        digits[--at] = (char)('0' + pid % 10);
    memcpy(text, before, n);
    memcpy(text + n, digits + at, sizeof digits - at);
    memcpy(text + n + sizeof digits - at, after, sizeof after);
    return text;
}

/* Whether /proc counts processes as this one's own namespace does. */
static bool proc_is_ours(void)
{
    char name[16];
    uint64_t pid = 0;
    long n = raw(SYS_readlinkat, AT_FDCWD, "/proc/self", name, sizeof name);
    for (long i = 0; i < n; i++)
        pid = pid * 10 + (uint64_t)(name[i] - '0');
    return n > 0 && pid == (uint64_t)raw(SYS_getpid);
}

/* Of a file: the fields come early. */
struct head {
    char text[1400];
};

static void look_at_proc(void *argument)
{
    struct look *l = argument;
    char path[32];
    SCRATCH_WITHIN(struct head, head);
    struct fields f;
    if (head && read_file("/proc/self/status", head->text, sizeof head->text, &f)) {
        l->peak_kb = field(&f, "\nVmHWM:");
        l->rss_kb = field(&f, "\nVmRSS:");
    }
    if (head && l->wants_io && proc_is_ours() &&
        read_file(io_path(path), head->text, sizeof head->text, &f)) {
        l->read_bytes = field(&f, "rchar:");
        l->written_bytes = field(&f, "wchar:");
        l->read_calls = field(&f, "syscr:");
        l->write_calls = field(&f, "syscw:");
        l->storage_read_bytes = field(&f, "\nread_bytes:");
        l->storage_written_bytes = field(&f, "\nwrite_bytes:");
    }
    compiler_barrier();
    l->done = true;
}

/* wants_io: bytes too; every file of /proc costs some microseconds. */
static void look_now(struct look *l, bool wants_io)
{
    *l = (struct look){.wants_io = wants_io};
    struct blocked_signals signals = raw_block_signals();
    apart_run(look_at_proc, l, &l->done);
    raw_restore_signals(signals);
}

static uint64_t microseconds(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

struct sample {
    struct rusage usage;
    struct look look;
};

static void sample_emit(const struct sample *s)
{
    const struct rusage *r = &s->usage;
    const struct look *m = &s->look;
    if (m->read_calls > 0)
        EMIT(process_io, VIDEO_CURRENT, clock_instant(), m->read_bytes, m->written_bytes, m->read_calls,
             m->write_calls, m->storage_read_bytes, m->storage_written_bytes);
    EMIT(process_sample, VIDEO_CURRENT, clock_instant(), microseconds(r->ru_utime), microseconds(r->ru_stime),
         (uint64_t)r->ru_maxrss, m->rss_kb, m->peak_kb);
}

static void usage_now(struct rusage *r)
{
    *r = (struct rusage){0};
    raw(SYS_getrusage, RUSAGE_SELF, r);
}

void samples_begin(void)
{
    SCRATCH(struct sample, s);
    begin_ticks = clock_ticks();
    __atomic_store_n(&shim.sample_due, begin_ticks + interval(), __ATOMIC_RELAXED);
    if (!s)
        return;
    usage_now(&s->usage);
    s->look = (struct look){0}; /* nothing is known */
    inherited_maxrss_kb = (uint64_t)s->usage.ru_maxrss;
    sample_emit(s);
}

void samples_forked(void)
{
    inherited_maxrss_kb = 0;
    begin_ticks = clock_ticks();
}

COLD void samples_take(void)
{
    uint64_t due = __atomic_load_n(&shim.sample_due, __ATOMIC_RELAXED), now = clock_ticks();
    if (now <= due || raw_forbidden() || thread_is_vfork_child() ||
        !__atomic_compare_exchange_n(&shim.sample_due, &due, now + interval(), 0, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        return;
    SCRATCH(struct sample, s);
    if (!s)
        return;
    usage_now(&s->usage);
    look_now(&s->look, true);
    sample_emit(s);
}

uint64_t samples_peak_bound_kb(void)
{
    struct rusage r;
    usage_now(&r);
    return (uint64_t)r.ru_maxrss;
}

static uint64_t peak_of_proc(void)
{
    struct look l;
    look_now(&l, false);
    return l.peak_kb;
}

uint64_t samples_own_peak_kb(void)
{
    uint64_t told = samples_peak_bound_kb();
    uint64_t own = told <= inherited_maxrss_kb ? peak_of_proc() : 0;
    return own ? own : told;
}

/* Where the peak has risen above what was inherited it is this image's own, and a look at /proc is saved. */
void samples_end(void)
{
    if (raw_forbidden())
        return;
    SCRATCH(struct sample, s);
    if (!s)
        return;
    usage_now(&s->usage);
    s->look = (struct look){0};
    bool memory_is_parents = thread_is_vfork_child(), lived = clock_ticks() - begin_ticks > interval() / 2;
    if (!memory_is_parents && (lived || (uint64_t)s->usage.ru_maxrss <= inherited_maxrss_kb))
        look_now(&s->look, lived);
    sample_emit(s);
}
