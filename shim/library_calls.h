/* The words in which openssl_calls.h and gnutls_calls.h are written: functions of ours for one library of
 * several, whose place is called LIBRARY. */
#ifndef SHIM_LIBRARY_CALLS_H
#define SHIM_LIBRARY_CALLS_H

#include "clock.h"
#include "slots.h"

#define GLUED(a, b, c) a##_##b##_##c
#define GLUE(a, b, c)  GLUED(a, b, c)
#define REAL(name)     GLUE(real, LIBRARY, name)
#define OURS(name)     GLUE(our, LIBRARY, name)

/* A row: the library's function, and ours of the same shape. */
#define CALL(type, name, params)                                                                             \
    static type(*REAL(name)) params;                                                                         \
    static type OURS(name) params

/* The bytes of the innermost call that is at work. Some of these functions call another of them with the same
 * bytes, and where they themselves lead to ours we meet both; a program's callback may call with bytes of its
 * own. */
static __thread const void *at_work __attribute__((unused));
static __thread uint64_t work_since __attribute__((unused)); /* ticks before the last one that returned */
#define WITH(bytes, call)                                                                                    \
    ({                                                                                                       \
        const void *with_before = at_work;                                                                   \
        at_work = bytes;                                                                                     \
        const uint64_t with_since = clock_ticks();                                                           \
        __typeof__(call) with_result = call;                                                                 \
        at_work = with_before;                                                                               \
        work_since = with_since;                                                                             \
        with_result;                                                                                         \
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
