/* The recorder's system calls in a build with a sanitizer: what it maps and unmaps passes the sanitizer's
 * mmap and munmap behind the hooks, so that memory that was another's before is not taken for that still. */
#define VL_RAW_INSTEAD_HERE
#include "hook.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/types.h>

CALLS(void *, mmap, (void *, size_t, int, int, int, off_t));
CALLS(int, munmap, (void *, size_t));

/* The place comes from the sanitizer, what lies there from the kernel: of a descriptor that only a helper
 * has, the sanitizer knows nothing true. */
static long map(void *at, size_t bytes, long access, long flags, long fd, long offset)
{
    if (at)
        return raw6(SYS_mmap, (long)at, (long)bytes, access, flags, fd, offset);
    void *place = REAL(mmap)(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED)
        return -errno;
    long result = raw6(SYS_mmap, (long)place, (long)bytes, access, flags | MAP_FIXED, fd, offset);
    if (result < 0 && result > -4096)
        REAL(munmap)(place, bytes);
    return result;
}

long raw_instead(long number, long a, long b, long c, long d, long e, long f)
{
    int error = errno;
    long result;
    if (number == SYS_mmap)
        result = map((void *)a, (size_t)b, c, d, e, f);
    else if (number == SYS_munmap)
        result = REAL(munmap)((void *)a, (size_t)b) == 0 ? 0 : -errno;
    else
        return raw6(number, a, b, c, d, e, f);
    errno = error;
    return result;
}

long raw_always_instead(long number, long a, long b, long c, long d, long e, long f)
{
    return raw6_always(number, a, b, c, d, e, f);
}

/* AddressSanitizer's; a child that executed a program or ended has cleared nothing of what it marked. */
extern void __asan_handle_vfork(void *stack) __attribute__((weak));

void raw_vfork_ended(void)
{
    if (__asan_handle_vfork)
        __asan_handle_vfork(__builtin_frame_address(0));
}
