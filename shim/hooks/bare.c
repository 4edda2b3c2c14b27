/* System calls that a program makes by their number: those that move bytes or change descriptors, forks,
 * signals, and filters.
 * All others go on by a jump, so that one that returns twice finds the stack as its caller left it. */
#include "birth.h"
#include "confine.h"
#include "crash/crash.h"
#include "emit.h"
#include "fatal.h"
#include "hook.h"
#include "outputs.h"
#include "record.h"
#include "user_memory.h"

#include <limits.h>
#include <linux/sched.h>
#include <sys/prctl.h>

struct words {
    long a, b, c, d, e, f;
};

typedef long bare_call(long number, long a, long b, long c, long d, long e, long f);

enum kind { OTHER, MOVES, COPIES, OPENS, COPIES_FD, CLOSES, CLOSES_MANY, FORKS, CONFINES, KILLS };

struct meaning {
    enum kind kind;
    uint8_t code; /* of MOVES */
};

static bool has_own_memory(long number, long first)
{
    uint64_t flags = (uint64_t)first;
    if (number == SYS_clone3 && !user_take(&flags, (const void *)first, sizeof flags))
        return false; /* nor can the kernel read them */
    return !(flags & CLONE_VM);
}

static inline struct meaning meaning_of(long number, long first)
{
    switch (number) {
    case SYS_read:
        return (struct meaning){MOVES, VL_file_read};
    case SYS_write:
        return (struct meaning){MOVES, VL_file_write};
    case SYS_pread64:
        return (struct meaning){MOVES, VL_file_pread};
    case SYS_pwrite64:
        return (struct meaning){MOVES, VL_file_pwrite};
    case SYS_readv:
        return (struct meaning){MOVES, VL_file_readv};
    case SYS_writev:
        return (struct meaning){MOVES, VL_file_writev};
    case SYS_preadv:
    case SYS_preadv2:
        return (struct meaning){MOVES, VL_file_preadv};
    case SYS_pwritev:
    case SYS_pwritev2:
        return (struct meaning){MOVES, VL_file_pwritev};
    case SYS_recvfrom:
    case SYS_recvmsg:
        return (struct meaning){MOVES, VL_socket_recv};
    case SYS_sendto:
    case SYS_sendmsg:
        return (struct meaning){MOVES, VL_socket_send};
    case SYS_sendfile:
    case SYS_splice:
    case SYS_tee:
    case SYS_copy_file_range:
        return (struct meaning){COPIES, 0};
#ifdef SYS_open
    case SYS_open:
    case SYS_creat:
#endif
    case SYS_openat:
    case SYS_openat2:
    case SYS_socket:
    case SYS_dup:
        return (struct meaning){OPENS, 0};
#ifdef SYS_dup2
    case SYS_dup2:
#endif
    case SYS_dup3:
        return (struct meaning){COPIES_FD, 0};
    case SYS_close:
        return (struct meaning){CLOSES, 0};
    case SYS_close_range:
        return (struct meaning){CLOSES_MANY, 0};
#ifdef SYS_fork
    case SYS_fork:
        return (struct meaning){FORKS, 0};
#endif
    case SYS_clone:
    case SYS_clone3:
        return (struct meaning){has_own_memory(number, first) ? FORKS : OTHER, 0};
    case SYS_prctl:
        return (struct meaning){
            first == PR_SET_NO_NEW_PRIVS || first == PR_SET_SECCOMP || first == PR_SET_TSC ? CONFINES : OTHER,
            0};
    case SYS_seccomp:
        return (struct meaning){CONFINES, 0};
    case SYS_kill:
    case SYS_tkill:
    case SYS_tgkill:
        return (struct meaning){KILLS, 0};
    default:
        return (struct meaning){OTHER, 0};
    }
}

static long call_confining(bare_call *real, long number, const struct words *w)
{
    if (number == SYS_prctl && w->a == PR_SET_NO_NEW_PRIVS)
        crash_stand_back();
    bool begun = confine_begin(number == SYS_seccomp
                                   ? confine_by_seccomp((unsigned long)w->a, (unsigned long)w->c)
                                   : confine_by_prctl((int)w->a, (unsigned long)w->b, (unsigned long)w->c));
    long n = real(number, w->a, w->b, w->c, w->d, w->e, w->f);
    if (begun)
        confine_end(n >= 0);
    return n;
}

/* Told where it is the last that is heard of this process. */
static long call_killing(bare_call *real, long number, const struct words *w)
{
    int signal = (int)(number == SYS_tgkill ? w->c : w->b), error = errno;
    long own = thread_identity().pid, thread = thread_self ? thread_self->tid : 0;
    if (w->a == (number == SYS_tkill ? thread : own) && fatal_is_still(signal))
        EMIT(process_kill, VIDEO_CURRENT, clock_instant(), own, (uint64_t)signal, 0, true);
    errno = error;
    return real(number, w->a, w->b, w->c, w->d, w->e, w->f);
}

static void record_copy(long number, const struct words *w, long n, uint64_t start)
{
    switch (number) {
    case SYS_sendfile:
        record_transfer((int)w->b, (int)w->a, n, start);
        break;
    case SYS_tee:
        record_transfer((int)w->a, (int)w->b, n, start);
        break;
    default:
        record_transfer((int)w->a, (int)w->c, n, start);
    }
}

/* What a number stands for is asked anew when it is next used. */
static void forget_descriptors(enum kind kind, const struct words *w, long result)
{
    if (result < 0)
        return;
    if (kind == CLOSES)
        fds_clear((int)w->a);
    else if (kind == CLOSES_MANY && !(w->c & 4 /* CLOSE_RANGE_CLOEXEC */))
        fds_clear_range((unsigned)w->a, w->b < 0 || w->b > UINT_MAX - 1 ? UINT_MAX - 1 : (unsigned)w->b);
    else if (kind != CLOSES_MANY)
        fds_clear((int)result);
    if (kind == COPIES_FD)
        outputs_changed((int)result, true);
}

static __attribute__((noinline)) long call_and_record(bare_call *real, struct meaning meaning, long number,
                                                      const struct words *w)
{
    uint64_t start = meaning.kind == FORKS ? birth_begins() : clock_ticks();
    long n = real(number, w->a, w->b, w->c, w->d, w->e, w->f);
    int error = errno;
    if (number == SYS_write)
        record_output(meaning.code, (int)w->a, (const void *)w->b, n, start);
    else if (meaning.kind == MOVES)
        record_move(meaning.code, (int)w->a, n, start);
    else if (meaning.kind == COPIES)
        record_copy(number, w, n, start);
    else if (meaning.kind == FORKS)
        birth_forked((pid_t)n, VL_START_CLONE, start);
    else
        forget_descriptors(meaning.kind, w, n);
    errno = error;
    return n;
}

HOOK(long, syscall, (long number, long a, long b, long c, long d, long e, long f))
{
    struct meaning meaning = {OTHER, 0};
    if (shim_on())
        meaning = meaning_of(number, a);
    if (likely(meaning.kind == OTHER))
        return REAL(syscall)(number, a, b, c, d, e, f);
    struct words words = {a, b, c, d, e, f};
    if (meaning.kind == CONFINES)
        return call_confining(REAL(syscall), number, &words);
    if (meaning.kind == KILLS)
        return call_killing(REAL(syscall), number, &words);
    return call_and_record(REAL(syscall), meaning, number, &words);
}
