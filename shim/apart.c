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

/* The caller is suspended until the helper ends, so the helper uses the stack below this function: there is
 * no red zone of another there. Returns a pid or -errno. */
long apart_helper_start(const struct errand *e) __attribute__((visibility("hidden")));

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)
_Static_assert((CLONE_VM | CLONE_VFORK) == 0x4100, "as below");

__asm__(".pushsection .text\n"
        ".type apart_helper_start, @function\n"
        "apart_helper_start:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "mov %rdi, %r9\n\t"
        "mov $" TEXT(SYS_clone) ", %eax\n\t"
                                "mov $0x4100, %edi\n\t"
                                "xor %esi, %esi\n\t"
                                "xor %edx, %edx\n\t"
                                "xor %r10d, %r10d\n\t"
                                "xor %r8d, %r8d\n\t"
                                "syscall\n\t"
                                "test %rax, %rax\n\t"
                                "jnz 1f\n\t"
                                "mov %r9, %rdi\n\t"
                                "xor %ebp, %ebp\n\t"
                                "and $-16, %rsp\n\t"
                                "call helper_main\n"
                                "1:\t"
                                "ret\n\t"
                                ".cfi_endproc\n\t"
                                ".size apart_helper_start, . - apart_helper_start\n"
                                ".popsection\n");

long apart_start(void (*work)(void *), void *argument)
{
    struct errand e = {work, argument};
    return raw_forbidden() ? -EPERM : apart_helper_start(&e);
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
