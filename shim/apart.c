/* A helper process for work with descriptors; see apart.h. */
#include "apart.h"

#include "raw.h"
#include "threads.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

extern char __libc_single_threaded __attribute__((weak)); /* glibc 2.32 */

bool apart_is_alone(void)
{
    return (&__libc_single_threaded && __libc_single_threaded) || thread_is_vfork_child();
}

#if defined(__x86_64__)

struct errand {
    void (*work)(void *argument);
    void *argument;
};

__attribute__((used, noreturn)) static void helper_main(const struct errand *e)
{
    e->work(e->argument);
    for (;;)
        raw6_always(SYS_exit, 0, 0, 0, 0, 0, 0);
}

/* The caller is suspended until the helper ends, so the helper uses the stack below ours. Returns a pid or
 * -errno. */
static long helper_start(const struct errand *e)
{
    long pid;
    __asm__ volatile("mov %[clone], %%eax\n\t"
                     "mov %[flags], %%edi\n\t"
                     "xor %%esi, %%esi\n\t"
                     "xor %%edx, %%edx\n\t"
                     "xor %%r10d, %%r10d\n\t"
                     "xor %%r8d, %%r8d\n\t"
                     "syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "mov %[errand], %%rdi\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "sub $256, %%rsp\n\t" /* the red zone stays */
                     "and $-16, %%rsp\n\t"
                     "call helper_main\n\t"
                     "1:"
                     : "=&a"(pid)
                     : [clone] "i"(SYS_clone), [flags] "i"(CLONE_VM | CLONE_VFORK), [errand] "r"(e)
                     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    return pid;
}

long apart_start(void (*work)(void *), void *argument)
{
    struct errand e = {work, argument};
    return raw_forbidden() ? -EPERM : helper_start(&e);
}

#else

long apart_start(void (*work)(void *), void *argument)
{
    (void)work;
    (void)argument;
    return -ENOSYS;
}

#endif

void apart_run_outside(void (*work)(void *), void *argument)
{
    long pid = apart_start(work, argument);
    if (pid > 0)
        raw(SYS_wait4, pid, 0, __WCLONE, 0);
}

void apart_run(void (*work)(void *argument), void *argument, volatile bool *done)
{
    *done = false;
    if (!apart_is_alone())
        apart_run_outside(work, argument);
    if (!*done) /* one thread, or the helper could not start, or was not of our memory (valgrind) */
        work(argument);
}
