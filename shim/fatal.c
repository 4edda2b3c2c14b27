/* What the kernel will do about a signal, asked of it beforehand. */
#include "fatal.h"

#include "crash/crash.h"
#include "threads.h"

static uint64_t handled; /* a bit a signal; atomic */

static uint64_t bit_of(int number) { return number > 0 && number <= 64 ? 1ull << (number - 1) : 0; }

static bool ends_by_default(int number)
{
    switch (number) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        return false;
    default:
        return bit_of(number) != 0;
    }
}

static bool has_default(int number)
{
    uint64_t action[4] = {1}; /* the kernel's: handler, flags, restorer, mask */
    bool known = raw(SYS_rt_sigaction, number, 0, action, sizeof action[0]) == 0;
    if (known && action[0] != (uintptr_t)SIG_DFL)
        __atomic_fetch_or(&handled, bit_of(number), __ATOMIC_RELAXED);
    return known && action[0] == (uintptr_t)SIG_DFL;
}

static bool is_blocked(int number)
{
    uint64_t blocked = ~0ull;
    raw(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, 0, &blocked, sizeof blocked);
    return blocked & bit_of(number);
}

/* The first process of a PID namespace is spared what it sends to itself. */
bool fatal_is(int number)
{
    if (thread_identity().pid == 1 || !ends_by_default(number) || crash_guards(number))
        return false;
    return number == SIGKILL || (has_default(number) && !is_blocked(number));
}

bool fatal_is_still(int number)
{
    return !(__atomic_load_n(&handled, __ATOMIC_RELAXED) & bit_of(number)) && fatal_is(number);
}

void fatal_changed(int number)
{
    uint64_t bit = bit_of(number);
    if (__atomic_load_n(&handled, __ATOMIC_RELAXED) & bit)
        __atomic_fetch_and(&handled, ~bit, __ATOMIC_RELAXED);
}
