/* Places for GnuTLS's libraries, and the names that their sessions were given. */
#include "gnutls.h"

#include "library_calls.h"
#include "raw.h"
#include "tap.h"

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define NAME_DNS   1 /* GNUTLS_NAME_DNS */
#define NAMES      32u
#define NAME_BYTES 256u

typedef void *session_t;

struct datum { /* gnutls_datum_t */
    unsigned char *bytes;
    unsigned n;
};

/* The library does not give a client's own server name back: kept from gnutls_server_name_set until the
 * session ends. Where there are more, the oldest is given up. */
static TABLE struct {
    session_t session; /* atomic */
    char text[NAME_BYTES];
} names[NAMES];
static unsigned next_name; /* atomic */

static const char *names_of(session_t s)
{
    for (unsigned i = 0; i < NAMES; i++)
        if (__atomic_load_n(&names[i].session, __ATOMIC_ACQUIRE) == s)
            return names[i].text;
    return NULL;
}

static void names_forget(session_t s)
{
    for (unsigned i = 0; i < NAMES; i++) {
        session_t of = s;
        __atomic_compare_exchange_n(&names[i].session, &of, NULL, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
}

static void names_keep(session_t s, const char *text, size_t n)
{
    names_forget(s);
    unsigned i = __atomic_fetch_add(&next_name, 1, __ATOMIC_RELAXED) % NAMES;
    __atomic_store_n(&names[i].session, NULL, __ATOMIC_RELEASE);
    if (n >= NAME_BYTES)
        return;
    memcpy(names[i].text, text, n);
    names[i].text[n] = '\0';
    __atomic_store_n(&names[i].session, s, __ATOMIC_RELEASE);
}

#define LIBRARY a
#include "gnutls_calls.h"
#undef LIBRARY
#define LIBRARY b
#include "gnutls_calls.h"

struct slot_library gnutls_libraries[GNUTLS_LIBRARIES] = {PLACE(a), PLACE(b)};
