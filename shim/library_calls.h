/* The words in which openssl_calls.h and gnutls_calls.h are written: functions of ours for one library of
 * several, whose place is called LIBRARY. */
#ifndef SHIM_LIBRARY_CALLS_H
#define SHIM_LIBRARY_CALLS_H

#include "clock.h"
#include "slots.h"
#include "tap.h"
#include "user_memory.h"

#define GLUED(a, b, c) a##_##b##_##c
#define GLUE(a, b, c)  GLUED(a, b, c)
#define REAL(name)     GLUE(real, LIBRARY, name)
#define OURS(name)     GLUE(our, LIBRARY, name)

/* A row: the library's function, and ours of the same shape. */
#define CALL(type, name, params)                                                                             \
    static type(*REAL(name)) params;                                                                         \
    static type OURS(name) params

/* A size that the library has stored. */
static inline size_t tap_stored(const size_t *at)
{
    size_t n = 0;
    user_copy(&n, at, sizeof n);
    return n;
}

/* All that a session of a host that is not listed pays. */
#define PASS_UNREAD(session, call)                                                                           \
    if (likely(tap_is_unread(session)))                                                                      \
    return call

/* The bytes of the innermost call that is at work. Some of these functions call another of them with the same
 * bytes, and where they themselves lead to ours we meet both; a program's callback may call with bytes of its
 * own. */
static __thread const void *at_work __attribute__((unused));
#define WITH(bytes, call)                                                                                    \
    ({                                                                                                       \
        const void *with_before = at_work;                                                                   \
        at_work = bytes;                                                                                     \
        __typeof__(call) with_result = call;                                                                 \
        at_work = with_before;                                                                               \
        with_result;                                                                                         \
    })

static __thread uint64_t sending_since __attribute__((unused)); /* before the last one that returned */
#define SENDING(bytes, call)                                                                                 \
    ({                                                                                                       \
        const uint64_t sending_began = clock_ticks();                                                        \
        __typeof__(call) sending_result = WITH(bytes, call);                                                 \
        sending_since = sending_began;                                                                       \
        sending_result;                                                                                      \
    })

#define ASKED(name)                                                                                          \
    {                                                                                                        \
#name, NULL, (void **)&REAL(name)                                                                    \
    }
#define REPLACED(name)                                                                                       \
    {                                                                                                        \
#name, (void *)OURS(name), (void **)&REAL(name)                                                      \
    }

#define PLACE(letter)                                                                                        \
    {                                                                                                        \
        our_##letter##_hooks, sizeof our_##letter##_hooks / sizeof *our_##letter##_hooks, NULL, NULL, false  \
    }

#endif
