/* The handler of guarded signals, and the table of what the program set. */
#include "crash.h"

#include "hook.h"
#include "lines.h"
#include "shim.h"
#include "spool.h"
#include "threads.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

CALLS(int, sigaction, (int number, const struct sigaction *action, struct sigaction *old));

/* Only SIGBUS so far; indexed by signal so that others can join. Written under the program's own sigaction
 * calls, which it has to order itself; read by the handler. */
static struct sigaction believed[NSIG] TABLE;
static bool guarded[NSIG];

static void handler(int number, siginfo_t *info, void *context);

bool crash_guards(int number)
{
    return number > 0 && number < NSIG && guarded[number] && !thread_is_vfork_child();
}

struct sigaction crash_believed(int number) { return believed[number]; }

static bool is_ours(const struct sigaction *a) { return a->sa_sigaction == handler; }

void (*crash_believed_handler(int number, void (*kernel)(int)))(int)
{
    return (void *)kernel == (void *)handler ? believed[number].sa_handler : kernel;
}

/* ---- what happens when one comes ---- */

static bool lies_in(const void *base, size_t bytes, uintptr_t address)
{
    return base && address - (uintptr_t)base < bytes;
}

struct range {
    void *base;
    uint32_t bytes;
};

static bool range_of(uintptr_t address, struct range *out)
{
    return threads_find_chunk(address, &out->base, &out->bytes) ||
           lines_find_ring(address, &out->base, &out->bytes) ||
           spool_find_control(address, &out->base, &out->bytes);
}

/* The file behind a chunk of ours is gone: zeros of our own in its place, and nobody in the program notices.
 */
static bool patch_over(uintptr_t address)
{
    struct range r;
    if (!range_of(address, &r) || !lies_in(r.base, r.bytes, address))
        return false;
    long p = raw6(SYS_mmap, (long)r.base, r.bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (p < 0 && p > -4096)
        return false;
    spool_dropped(VL_REASON_SPOOL_LOST);
    return true;
}

/* The default again. A fault comes back by itself when its instruction runs again; a signal that was sent
 * must be sent again, and is delivered when this handler returns. */
static void let_default_happen(int number, const siginfo_t *info)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    guarded[number] = false;
    REAL(sigaction)(number, &by_default, NULL);
    if (info->si_code <= 0)
        raw(SYS_tgkill, raw(SYS_getpid), raw(SYS_gettid), number);
}

static void hand_on(int number, siginfo_t *info, void *context)
{
    struct sigaction to = believed[number];
    if (to.sa_handler == SIG_DFL || to.sa_handler == SIG_IGN) {
        let_default_happen(number, info);
        return;
    }
    if (to.sa_flags & (int)SA_RESETHAND) {
        believed[number].sa_handler = SIG_DFL;
        believed[number].sa_flags &= ~SA_SIGINFO;
    }
    if (to.sa_flags & SA_SIGINFO)
        to.sa_sigaction(number, info, context);
    else
        to.sa_handler(number);
}

static void handler(int number, siginfo_t *info, void *context)
{
    int error = errno;
    bool ours = number == SIGBUS && info->si_code > 0 && patch_over((uintptr_t)info->si_addr);
    errno = error;
    if (!ours)
        hand_on(number, info, context);
}

/* ---- what the program sets ---- */

/* Ours in front of what the program set, delivered in the same way: same mask, same stack. */
static void wrap(int number)
{
    struct sigaction mine = believed[number];
    mine.sa_sigaction = handler;
    mine.sa_flags = (mine.sa_flags & ~(int)SA_RESETHAND) | SA_SIGINFO;
    if (believed[number].sa_handler == SIG_DFL)
        mine.sa_flags |= SA_ONSTACK | SA_NODEFER;
    guarded[number] = true;
    REAL(sigaction)(number, &mine, NULL);
}

void crash_rewrap(int number)
{
    struct sigaction kernel;
    int error = errno;
    if (REAL(sigaction)(number, NULL, &kernel) == 0) {
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

void crash_init(void)
{
    guarded[SIGBUS] = true;
    crash_rewrap(SIGBUS);
}
