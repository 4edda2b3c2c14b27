/* System calls of the shim that fail when told to: built into build/failing/libvlshim.so in place of the bare
 * ones, and into nothing else. FAILING=<nth>:<errno> fails the nth call of each process,
 * FAILING=<name>:<errno> every call of that name; FAILING=slow:<microseconds> fails none, but each takes that
 * long; FAILING=count:<file> adds a byte to the file for each call. FAILING=always_<name>:<errno> is for
 * those that are made whatever the program forbids. Calls that the kernel never fails are left alone
 * (calls.def). */
#define VL_RAW_INSTEAD_HERE
#include "raw.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char **environ;

static const struct {
    const char *name;
    long number;
} calls[] = {
#define MAY_FAIL(name) {#name, SYS_##name},
#define CANNOT_FAIL(name, why)
#define ALWAYS_MAY_FAIL(name)
#define ALWAYS_CANNOT_FAIL(name, why)
#include "calls.def"
#undef MAY_FAIL
#undef ALWAYS_MAY_FAIL
};

/* -1: one that is never failed. */
static int call_of(long number)
{
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number)
            return (int)i;
    return -1;
}

/* The first entry that getenv would find, without libc: the shim is here before it is ready. */
static const char *setting(void)
{
    static char kept[512]; /* what the program does with its environment later changes nothing */
    static bool looked;
    if (!looked && environ) {
        looked = true;
        for (char **e = environ; *e; e++)
            if (memcmp(*e, "FAILING=", 8) == 0)
                strncpy(kept, *e + 8, sizeof kept - 1);
    }
    return kept;
}

static void count(const char *path)
{
    long fd = raw(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    raw(SYS_write, fd, ".", 1);
    raw(SYS_close, fd);
}

static void take_time(const char *microseconds)
{
    struct timespec t = {0, 1000 * atol(microseconds)};
    raw(SYS_nanosleep, &t, 0);
}

static bool is_told(const char *told, int call, unsigned long nth)
{
    size_t n = strcspn(told, ":");
    if (told[0] >= '0' && told[0] <= '9')
        return strtoul(told, NULL, 10) == nth;
    return strlen(calls[call].name) == n && memcmp(told, calls[call].name, n) == 0;
}

void raw_vfork_ended(void) {}

long raw_instead(long number, long a, long b, long c, long d, long e, long f)
{
    static unsigned long calls_made; /* atomic */
    int call = call_of(number);
    const char *told = setting(), *value = strchr(told, ':');
    if (call < 0 || !value)
        return raw6(number, a, b, c, d, e, f);
    unsigned long nth = __atomic_add_fetch(&calls_made, 1, __ATOMIC_RELAXED);
    if (memcmp(told, "count:", 6) == 0)
        count(value + 1);
    else if (memcmp(told, "slow:", 5) == 0)
        take_time(value + 1);
    else if (is_told(told, call, nth))
        return number == SYS_close ? (raw6(number, a, b, c, d, e, f), -atol(value + 1)) : -atol(value + 1);
    return raw6(number, a, b, c, d, e, f);
}

long raw_always_instead(long number, long a, long b, long c, long d, long e, long f)
{
    const char *told = setting(), *value = strchr(told, ':');
    size_t n = value ? (size_t)(value - told) : 0;
#define MAY_FAIL(name)
#define ALWAYS_MAY_FAIL(name)                                                                                \
    if (number == SYS_##name && n == strlen("always_" #name) && memcmp(told, "always_" #name, n) == 0)       \
        return -atol(value + 1);
#include "calls.def"
    return raw6_always(number, a, b, c, d, e, f);
}
