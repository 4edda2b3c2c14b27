/* Setting and asking for signal handlers: for guarded signals the program sees what it set, and ours stays in
 * front. */
#include "crash/crash.h"
#include "fatal.h"
#include "hook.h"

#include <signal.h>
#include <string.h>

static int set_action(__typeof__(sigaction) *real, int number, const struct sigaction *action,
                      struct sigaction *old)
{
    struct sigaction before = crash_believed(number);
    int result = action ? real(number, action, NULL) : 0;
    if (result == 0 && action)
        crash_rewrap(number);
    if (result == 0 && old)
        *old = before;
    return result;
}

/* Both names of it that libc exports. */
#define SIGACTION_ROW(name)                                                                                  \
    HOOK(int, name, (int number, const struct sigaction *action, struct sigaction *old))                     \
    {                                                                                                        \
        fatal_changed(number);                                                                               \
        if (!crash_guards(number))                                                                           \
            return REAL(name)(number, action, old);                                                          \
        return set_action(REAL(name), number, action, old);                                                  \
    }

SIGACTION_ROW(sigaction)
SIGACTION_ROW(__sigaction)

/* A row of the calls that set a handler by name and answer with the one before. */
#define SIGNAL_ROW(name)                                                                                     \
    HOOK(sighandler_t, name, (int number, sighandler_t set))                                                 \
    {                                                                                                        \
        fatal_changed(number);                                                                               \
        if (!crash_guards(number))                                                                           \
            return REAL(name)(number, set);                                                                  \
        sighandler_t before = crash_believed_handler(number, REAL(name)(number, set));                       \
        crash_rewrap(number);                                                                                \
        return before;                                                                                       \
    }

SIGNAL_ROW(signal)
SIGNAL_ROW(bsd_signal)
SIGNAL_ROW(ssignal)
SIGNAL_ROW(sysv_signal)
SIGNAL_ROW(__sysv_signal)
SIGNAL_ROW(sigset)

HOOK(int, sigignore, (int number))
{
    fatal_changed(number);
    int result = REAL(sigignore)(number);
    if (crash_guards(number))
        crash_rewrap(number);
    return result;
}

HOOK(int, siginterrupt, (int number, int interrupt))
{
    int result = REAL(siginterrupt)(number, interrupt);
    if (crash_guards(number))
        crash_rewrap(number);
    return result;
}
