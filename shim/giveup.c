/* Turning the shim off in a running process. */
#include "giveup.h"

#include "config.h"
#include "crash/crash.h"
#include "shim.h"
#include "spool.h"

#include <errno.h>

void give_up(const char *what)
{
    int error = errno;
    if (!__atomic_exchange_n(&shim.on, false, __ATOMIC_RELAXED))
        return;
    spool_dropped(VL_REASON_NOT_UNDERSTOOD);
    crash_give_back();
    config_debug("turned off in this process: ", what);
    errno = error;
}
