/* Calls by which a program confines itself, or opens itself to others: what we do must fit into it. */
#include "confine.h"

#include "crash/crash.h"
#include "crash/helper.h"
#include "hook.h"
#include "shim.h"

#include <stdarg.h>
#include <sys/prctl.h>

/* Whoever gives up privileges for good is about to filter its system calls, maybe by a way that is not seen
 * here. */
static bool prctl_begins(int option, const unsigned long *words)
{
    if (option == PR_SET_NO_NEW_PRIVS)
        crash_stand_back();
    return confine_begin(confine_by_prctl(option, words[0], words[1]));
}

HOOK(int, prctl, (int option, ...))
{
    unsigned long words[4];
    va_list list;
    va_start(list, option);
    for (int i = 0; i < 4; i++)
        words[i] = va_arg(list, unsigned long);
    va_end(list);
    bool confines = shim_on() && prctl_begins(option, words);
    int result = REAL(prctl)(option, words[0], words[1], words[2], words[3]);
    if (unlikely(confines))
        confine_end(result == 0);
    if (shim_on() && result == 0 && option == PR_SET_PTRACER)
        crash_helper_note_tracer(words[0]);
    return result;
}

/* Below another root the helper's path may be somebody else's program. */
HOOK(int, chroot, (const char *path))
{
    int result = REAL(chroot)(path);
    if (shim_on() && result == 0)
        crash_helper_forbid();
    return result;
}
