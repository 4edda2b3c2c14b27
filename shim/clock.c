/* Reading the kernel's clocks, by system call: the libc functions may be somebody else's by now. */
#include "clock.h"

#include "hook.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

typedef int vdso_clock(clockid_t id, struct timespec *t);

/* While the program confines itself; see clock_confine. */
static struct {
    bool on;
    vdso_clock *vdso; /* NULL: time stands still */
    uint64_t stands;
    bool counter; /* was read before */
} confined;

static int64_t kernel_clock_ns(clockid_t id)
{
    struct timespec t = {0, 0};
    raw(SYS_clock_gettime, id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static COLD uint64_t confined_ns(void)
{
    struct timespec t;
    if (!confined.vdso || confined.vdso(CLOCK_MONOTONIC, &t) != 0)
        return confined.stands;
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
    return unlikely(confined.on) ? confined_ns() : (uint64_t)kernel_clock_ns(CLOCK_MONOTONIC);
}

int64_t clock_realtime_ns(void) { return kernel_clock_ns(CLOCK_REALTIME); }

struct clock_reading clock_read(void)
{
    struct clock_reading r;
    r.ticks = clock_ticks();
    r.monotonic_ns = clock_monotonic_ns();
    r.realtime_ns = kernel_clock_ns(CLOCK_REALTIME);
    uint64_t error = clock_ticks() - r.ticks;
    r.error_ticks = error > UINT32_MAX ? UINT32_MAX : (uint32_t)error;
    return r;
}

#if defined(__x86_64__)

/* The kernel's clock source by name; empty: not known. */
static void read_source(char name[32])
{
    static const char file[] = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    memset(name, 0, 32);
    long fd = raw(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    raw(SYS_read, fd, name, 31);
    raw(SYS_close, fd);
    name[strcspn(name, "\n")] = '\0';
}

bool clock_kernel_uses_counter(void)
{
    char name[32];
    read_source(name);
    return strcmp(name, "tsc") == 0;
}

/* With other sources the vDSO makes the system call. */
static vdso_clock *find_vdso(void)
{
    char name[32];
    const char *soname;
    read_source(name);
    const struct link_map *vdso = hook_find_library("linux-vdso.", &soname);
    if (!vdso || (strcmp(name, "kvm-clock") != 0 && strcmp(name, "hyperv_clocksource_tsc_page") != 0))
        return NULL;
    return (vdso_clock *)hook_find_in(vdso, "__vdso_clock_gettime");
}

#else

bool clock_kernel_uses_counter(void) { return true; }
static vdso_clock *find_vdso(void) { return NULL; }

#endif

void clock_confine(bool frozen)
{
    confined.vdso = frozen || shim.tsc ? NULL : find_vdso();
    confined.stands = clock_ticks();
    confined.counter = frozen && shim.tsc;
    confined.on = frozen || !shim.tsc;
    if (frozen)
        shim.tsc = false;
}

void clock_set_free(void)
{
    confined.on = false;
    shim.tsc |= confined.counter;
}
