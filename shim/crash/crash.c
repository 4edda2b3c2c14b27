/* The handler of guarded signals, and the table of what the program set. */
#include "crash/crash.h"

#include "crash/report.h"
#include "crash/stack.h"
#include "hook.h"
#include "patch.h"
#include "shim.h"
#include "threads.h"
#include "user_memory.h"

#include <errno.h>
#include <string.h>
#include <ucontext.h>

CALLS(int, sigaction, (int number, const struct sigaction *action, struct sigaction *old));

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
#define SIGNALS 12 /* above each of them */
_Static_assert(SIGSEGV < SIGNALS && SIGBUS < SIGNALS && SIGFPE < SIGNALS && SIGILL < SIGNALS &&
                   SIGABRT < SIGNALS,
               "each has its place");

/* Written under the program's own sigaction calls, which it has to order itself; read by the handler. */
static struct sigaction believed[SIGNALS];
static bool guarded[SIGNALS];
static bool stood_back;

typedef void program_handler(int number, siginfo_t *info, void *context);

void crash_handler(int number, siginfo_t *info, void *context) __attribute__((visibility("hidden")));

bool crash_guards(int number) { return number > 0 && number < SIGNALS && guarded[number]; }

/* What is ignored kills when it is a fault. A vfork child's dispositions are those of its parent, or its own.
 */
bool crash_is_in_front(int number) { return crash_guards(number) && believed[number].sa_handler != SIG_IGN; }

static bool is_ours(const struct sigaction *a) { return a->sa_sigaction == crash_handler; }

struct sigaction crash_believed(int number)
{
    struct sigaction kernel;
    if (thread_is_vfork_child() && REAL(sigaction)(number, NULL, &kernel) == 0 && !is_ours(&kernel))
        return kernel;
    return believed[number];
}

void (*crash_believed_handler(int number, void (*kernel)(int)))(int)
{
    return (void *)kernel == (void *)crash_handler ? believed[number].sa_handler : kernel;
}

/* ---- what happens when a signal comes ---- */

/* The kernel's own form: a handler, flags, restorer and mask of nothing. */
static void kernel_default(int number)
{
    static const unsigned long nothing[4];
    raw6_always(SYS_rt_sigaction, number, (long)nothing, 0, sizeof nothing[0], 0, 0);
}

/* The same signal once more, to this thread, with what was said about it. The kernel lets only a main thread
 * say that it was the kernel; a fault comes back by itself when its instruction runs again. */
static bool send_again(int number, const siginfo_t *info)
{
    long pid = raw6_always(SYS_getpid, 0, 0, 0, 0, 0, 0), tid = raw6_always(SYS_gettid, 0, 0, 0, 0, 0, 0);
    if (raw6_always(SYS_rt_tgsigqueueinfo, pid, tid, number, (long)info, 0, 0) == 0)
        return true;
    bool passing = info->si_code == SI_KERNEL || (number == SIGBUS && info->si_code == BUS_MCEERR_AO);
    return (info->si_code > 0 && !passing) || raw6_always(SYS_tgkill, pid, tid, number, 0, 0, 0) == 0;
}

/* Without any system call: the signal is blocked while its handler runs, and a fault with it kills then. */
static void die_here(void) { *(volatile char *)0x4141414141414141 = 0; }

/* The signal waits until our handler has returned: then it strikes where it did first, before any
 * instruction. */
static void die_of(int number, const siginfo_t *info, ucontext_t *context)
{
    if (stood_back && number == SIGSEGV)
        die_here();
    if (raw_forbidden() && info->si_code > 0) { /* the fault comes back, and strikes though it is blocked */
        sigaddset(&context->uc_sigmask, number);
        return;
    }
    if (!crash_report_is_for_parent())
        guarded[number] = false;
    kernel_default(number);
    sigdelset(&context->uc_sigmask, number); /* it came through sigsuspend's mask */
    send_again(number, info);
}

/* As the kernel does before it calls a handler of SA_RESETHAND: the rest stays as it was set. */
static void reset(int number)
{
    if (crash_report_is_for_parent())
        kernel_default(number);
    else
        believed[number].sa_handler = SIG_DFL;
}

/* Our own report was interrupted: a fault in it ends it, a signal that was sent has to wait for its end. */
static void leave_report(int number, const siginfo_t *info, ucontext_t *context)
{
    if (info->si_code > 0 && crash_stack_abandon(context))
        return;
    sigaddset(&context->uc_sigmask, number);
    send_again(number, info);
}

static program_handler *answer(int number, siginfo_t *info, ucontext_t *context)
{
    struct sigaction to = believed[number];
    bool handled = to.sa_handler != SIG_DFL && to.sa_handler != SIG_IGN;
    crash_report(number, info, context, handled);
    if (!handled) {
        die_of(number, info, context);
        return NULL;
    }
    if (to.sa_flags & (int)SA_RESETHAND)
        reset(number);
    return to.sa_sigaction;
}

/* The program's handler, or NULL: there is nothing more to do. */
__attribute__((used)) static program_handler *crash_decide(int number, siginfo_t *info, void *context)
{
    int error = errno;
    program_handler *next = NULL;
    bool settled = (number == SIGBUS && info->si_code > 0 && patch_over((uintptr_t)info->si_addr)) ||
                   user_memory_resume(info, context);
    if (!settled && crash_report_is_going_on())
        leave_report(number, info, context);
    else if (!settled)
        next = answer(number, info, context);
    errno = error;
    return next;
}

#if defined(__x86_64__)
/* The program's handler is not called but jumped to: it finds the stack as the kernel left it, and nothing of
 * ours when it looks at who called it. */
__asm__(".pushsection .text\n"
        ".type crash_handler, @function\n"
        "crash_handler:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "sub $24, %rsp\n\t"
        ".cfi_adjust_cfa_offset 24\n\t"
        "mov %rdi, (%rsp)\n\t"
        "mov %rsi, 8(%rsp)\n\t"
        "mov %rdx, 16(%rsp)\n\t"
        "call crash_decide\n\t"
        "mov %rax, %r11\n\t"
        "mov (%rsp), %rdi\n\t"
        "mov 8(%rsp), %rsi\n\t"
        "mov 16(%rsp), %rdx\n\t"
        "add $24, %rsp\n\t"
        ".cfi_adjust_cfa_offset -24\n\t"
        "xor %eax, %eax\n\t"
        "test %r11, %r11\n\t"
        "jz 1f\n\t"
        "jmp *%r11\n"
        "1:\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size crash_handler, . - crash_handler\n"
        ".popsection\n");
#else
void crash_handler(int number, siginfo_t *info, void *context)
{
    program_handler *next = crash_decide(number, info, context);
    if (next)
        next(number, info, context);
}
#endif

/* ---- what the program sets ---- */

/* Ours in front of what the program set, delivered in the same way: same mask, same stack. Where it set
 * nothing, a signal stack of the program's is as good as any. */
static struct sigaction in_front_of(const struct sigaction *theirs)
{
    struct sigaction mine = *theirs;
    mine.sa_sigaction = crash_handler;
    mine.sa_flags = (mine.sa_flags & ~(int)SA_RESETHAND) | SA_SIGINFO;
    if (theirs->sa_handler == SIG_DFL)
        mine.sa_flags = (mine.sa_flags & ~SA_NODEFER) | SA_ONSTACK;
    return mine;
}

static void wrap(int number)
{
    struct sigaction mine = in_front_of(&believed[number]);
    guarded[number] = true;
    REAL(sigaction)(number, &mine, NULL);
}

void crash_rewrap(int number)
{
    struct sigaction kernel;
    int error = errno;
    if (!thread_is_vfork_child() && REAL(sigaction)(number, NULL, &kernel) == 0) {
        if (is_ours(&kernel)) { /* siginterrupt changed a flag of ours */
            believed[number].sa_flags =
                (believed[number].sa_flags & ~SA_RESTART) | (kernel.sa_flags & SA_RESTART);
        } else {
            believed[number] = kernel;
            if (kernel.sa_handler !=
                SIG_IGN) /* what is ignored is ignored by children too: the kernel must know */
                wrap(number);
        }
    }
    errno = error;
}

static void give_back(int number)
{
    if (!crash_guards(number))
        return;
    guarded[number] = false;
    REAL(sigaction)(number, &believed[number], NULL);
}

void crash_stand_back(void)
{
    int error = errno;
    if (thread_is_vfork_child())
        return;
    crash_report_stop();
    stood_back = true;
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i] != SIGBUS && signals[i] != SIGSEGV)
            give_back(signals[i]);
    errno = error;
}

void crash_give_back(void)
{
    int error = errno;
    crash_stand_back();
    if (!thread_is_vfork_child())
        give_back(SIGSEGV);
    errno = error;
}

void crash_init(void)
{
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        guarded[signals[i]] = true;
        crash_rewrap(signals[i]);
    }
}
