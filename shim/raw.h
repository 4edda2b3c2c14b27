/* Bare system calls and compiler hints. They set no errno, are no cancellation points and pass no hook:
 * all that the shim asks of the kernel for itself goes through here. A negative result is -errno. */
#ifndef SHIM_RAW_H
#define SHIM_RAW_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define COLD        __attribute__((cold, noinline))
/* Tables of which a process touches little: kept apart from the small variables, which then share a page. */
#define TABLE __attribute__((section(".bss.table")))
/* Keeps the compiler from moving stores across; the processor is no concern within one thread. */
#define compiler_barrier() __asm__ volatile("" ::: "memory")

#if defined(__x86_64__)

static inline long raw6_always(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

static inline long raw6_always(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

#else
#error "no system call sequence for this processor"
#endif

/* The program filters its own system calls (confine.h): from then on none of ours is made, but work that was
 * begun before is finished. Atomic. */
extern bool raw_confined;
extern int32_t
    raw_busy; /* threads that are at it, in one call or between raw_block_signals and its end; atomic */
extern __thread bool raw_at_work __attribute__((tls_model("initial-exec")));

static inline bool raw_forbidden(void)
{
    return unlikely(__atomic_load_n(&raw_confined, __ATOMIC_RELAXED)) && !raw_at_work;
}

/* Counted first and looked at then, as confine.c looks in the other order: one of the two sees the other. */
static inline bool raw_begin(void)
{
    __atomic_fetch_add(&raw_busy, 1, __ATOMIC_SEQ_CST);
    return likely(!__atomic_load_n(&raw_confined, __ATOMIC_SEQ_CST)) || raw_at_work;
}

static inline void raw_end(void) { __atomic_fetch_sub(&raw_busy, 1, __ATOMIC_RELEASE); }

/* -EPERM: forbidden. */
long raw6(long number, long a, long b, long c, long d, long e, long f) __attribute__((visibility("hidden")));

/* Builds of the tests': calls fail when told to, or a sanitizer sees what is mapped. */
#ifdef VL_RAW_INSTEAD
long raw_instead(long number, long a, long b, long c, long d, long e, long f);
long raw_always_instead(long number, long a, long b, long c, long d, long e, long f);
#ifndef VL_RAW_INSTEAD_HERE
#define raw6        raw_instead
#define raw6_always raw_always_instead
#endif
/* The parent goes on, on a stack that its vfork child has used. */
void raw_vfork_ended(void);
#else
static inline void raw_vfork_ended(void) {}
#endif

#define raw_pick(a, b, c, d, e, f, g, ...) g
#define raw(...)                           raw_pick(__VA_ARGS__, raw_5, raw_4, raw_3, raw_2, raw_1, raw_0)(__VA_ARGS__)
#define raw_0(n)                           raw6(n, 0, 0, 0, 0, 0, 0)
#define raw_1(n, a)                        raw6(n, (long)(a), 0, 0, 0, 0, 0)
#define raw_2(n, a, b)                     raw6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define raw_3(n, a, b, c)                  raw6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define raw_4(n, a, b, c, d)               raw6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define raw_5(n, a, b, c, d, e)            raw6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

/* All signals blocked while the shim does what a handler must not interrupt; but for SIGBUS, which says that
 * a spool file was truncated (crash.h) and kills where it is blocked. */
struct blocked_signals {
    uint64_t old;
    bool within; /* other such work */
};

static inline struct blocked_signals raw_block_signals(void)
{
    struct blocked_signals b = {0};
    b.within = raw_at_work;
    raw_at_work = raw_begin();
    uint64_t all = ~(1ull << (SIGBUS - 1));
    raw(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, &all, &b.old, sizeof all);
    return b;
}

static inline void raw_restore_signals(struct blocked_signals b)
{
    raw(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, &b.old, 0, sizeof b.old);
    raw_at_work = b.within;
    raw_end();
}

#endif
