/* When to look for TLS libraries. */
#include "tls.h"

#include "config.h"
#include "gnutls.h"
#include "openssl.h"
#include "raw.h"

#include <errno.h>
#include <link.h>

/* How much was loaded and unloaded in this process until now; the first entry tells. */
static int count_changes(struct dl_phdr_info *info, size_t bytes, void *sum)
{
    (void)bytes;
    *(uint64_t *)sum = info->dlpi_adds + info->dlpi_subs;
    return 1;
}

void tls_watch(void)
{
    static uint64_t seen; /* atomic */
    static int busy;      /* atomic; a thread that meets another at work goes on */
    if (config.capture_nothing)
        return;
    int kept = errno;
    uint64_t now = 0;
    dl_iterate_phdr(count_changes, &now);
    if (now != __atomic_load_n(&seen, __ATOMIC_RELAXED) && !__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE)) {
        openssl_take();
        gnutls_take();
        __atomic_store_n(&seen, now, __ATOMIC_RELAXED);
        __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    }
    errno = kept;
}
