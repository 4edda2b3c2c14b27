/* One thread at a time reports; it runs on our own stack, and may fault there without harm. */
#include "crash/report.h"

#include "crash/frames.h"
#include "crash/helper.h"
#include "crash/modules.h"
#include "crash/stack.h"
#include "emit.h"
#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <time.h>
#include <ucontext.h>

#define HANDLED_MAX     3
#define OTHERS_LIMIT_NS 2300000000u /* how long to wait for another thread's report */
#define NAP_NS          1000000
#define FRAMES_BYTES    20480u
#define HANDLER_BYTES                                                                                        \
    (1u << 20) /* what a handler's calls take on the stack at the most, to be known as such */

struct report {
    int number;
    const siginfo_t *info;
    const ucontext_t *context;
    bool handled;
};

static struct crash_job job TABLE; /* these two are the reporter's */
static char frames[FRAMES_BYTES] TABLE;

static uint64_t reporter; /* atomic: pid and tid; 0: nobody. A vfork child shares it with its parent */
static int handled_left = HANDLED_MAX; /* atomic */
static bool stopped;

/* The handled signal that was recorded last: by whom, and what its handler was given. */
static struct {
    uint32_t tid;
    int number;
    uintptr_t context;
    uint64_t ip, sp;
} last;

void crash_report_stop(void) { stopped = true; }

/* ---- who reports ---- */

static uint64_t myself(void) { return (uint64_t)raw(SYS_getpid) << 32 | (uint32_t)raw(SYS_gettid); }

static bool is_gone(uint64_t who) { return raw(SYS_tgkill, who >> 32, (uint32_t)who, 0) == -ESRCH; }

static bool become_reporter(uint64_t me)
{
    uint64_t deadline = clock_monotonic_ns() + OTHERS_LIMIT_NS;
    for (;;) {
        uint64_t other = 0;
        if (__atomic_compare_exchange_n(&reporter, &other, me, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
        if (is_gone(other) &&
            __atomic_compare_exchange_n(&reporter, &other, me, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
        if (other == me || clock_monotonic_ns() >= deadline)
            return false;
        struct timespec nap = {0, NAP_NS};
        raw(SYS_nanosleep, &nap, 0);
    }
}

bool crash_report_is_going_on(void)
{
    uint64_t who = __atomic_load_n(&reporter, __ATOMIC_RELAXED);
    return who != 0 && who == myself();
}

/* ---- the job ---- */

#if defined(__x86_64__)
static void take_registers(uint64_t *out, const ucontext_t *c)
{
    static const uint8_t order[CRASH_REGISTERS] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                                   REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                                   REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    for (int i = 0; i < CRASH_REGISTERS; i++)
        out[i] = (uint64_t)c->uc_mcontext.gregs[order[i]];
}
#elif defined(__aarch64__)
static void take_registers(uint64_t *out, const ucontext_t *c)
{
    memcpy(out, c->uc_mcontext.regs, 31 * sizeof *out);
    out[CRASH_SP] = c->uc_mcontext.sp;
    out[CRASH_IP] = c->uc_mcontext.pc;
}
#endif

/* From 3.11 on the interpreter says its version; before, its file's name does: libpython3.9.so.1.0,
 * python3.10. */
static uint32_t python_version(const struct link_map *where)
{
    const struct link_map *unused;
    const unsigned long *told = hook_find_data("Py_Version", &unused);
    if (told)
        return (uint32_t)(*told >> 16);
    char program[PATH_MAX] = "";
    const char *path = where->l_name;
    if (where == hook_first_link_map() &&
        raw(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", program, sizeof program - 1) > 0)
        path = program;
    const char *slash = strrchr(path, '/'), *name = strstr(slash ? slash : path, "python3.");
    uint32_t minor = 0;
    for (const char *c = name ? name + strlen("python3.") : ""; *c >= '0' && *c <= '9' && minor < 100; c++)
        minor = minor * 10 + (uint32_t)(*c - '0');
    return minor ? 0x0300 | minor : 0;
}

static void find_python(struct crash_job *j)
{
    const struct link_map *where = NULL;
    j->python_runtime = (uint64_t)(uintptr_t)hook_find_data("_PyRuntime", &where);
    j->python_version = j->python_runtime ? python_version(where) : 0;
}

/* ---- what is recorded ---- */

static uint64_t sender_of(const siginfo_t *info)
{
    bool sent = info->si_code == SI_USER || info->si_code == SI_TKILL || info->si_code == SI_QUEUE;
    return sent ? (uint64_t)(uint32_t)info->si_pid : 0;
}

static bool tell_crash(const struct report *r)
{
    uint64_t address = r->info->si_code > 0 ? (uint64_t)(uintptr_t)r->info->si_addr : 0;
    return EMIT(process_crash, VIDEO_CURRENT, clock_instant(), (uint64_t)r->number, r->info->si_code, address,
                job.registers[CRASH_IP], job.registers[CRASH_SP], r->handled, sender_of(r->info)) != NULL;
}

static void tell_stack(uint64_t start, enum vl_unwind how)
{
    uint32_t python = job.python_bytes < CRASH_PYTHON_BYTES ? job.python_bytes : CRASH_PYTHON_BYTES;
    uint32_t bytes = (uint32_t)crash_frames_write(&job, frames, sizeof frames);
    EMIT(process_stack, VIDEO_CURRENT, clock_timing(start), how, job.frames_cut, {frames, bytes, false},
         {job.python, python, false});
}

static void work(void *argument)
{
    const struct report *r = argument;
    uint64_t start = clock_ticks();
    memset(&job, 0, offsetof(struct crash_job, frames));
    job.bytes = sizeof job;
    job.thread = (uint64_t)(uintptr_t)__builtin_thread_pointer();
    take_registers(job.registers, r->context);
    if (!tell_crash(r))
        return;
    find_python(&job);
    crash_helper_run(&job);
    enum vl_unwind how = VL_UNWIND_TABLES;
    if (job.frame_count == 0) {
        how = VL_UNWIND_FRAMES;
        crash_frames_walk(&job);
    }
    tell_stack(start, how);
}

static void remember(const struct report *r)
{
    uint64_t registers[CRASH_REGISTERS];
    take_registers(registers, r->context);
    last.tid = (uint32_t)raw(SYS_gettid);
    last.number = r->number;
    last.context = (uintptr_t)r->context;
    last.ip = registers[CRASH_IP];
    last.sp = registers[CRASH_SP];
}

/* Some processes in our memory are not ours to speak for: children of a bare clone, our own helpers. */
static bool is_stranger(void)
{
    bool wiped = thread_self && thread_self->tid == 0; /* a fork, which has its own memory */
    return !wiped && !raw_forbidden() && (uint32_t)raw(SYS_getpid) != thread_identity().pid;
}

bool crash_report_is_for_parent(void) { return thread_is_vfork_child() || is_stranger(); }

static bool is_wanted(bool handled)
{
    if (stopped || (handled && __atomic_load_n(&handled_left, __ATOMIC_RELAXED) <= 0) || is_stranger())
        return false;
    return !handled || __atomic_fetch_sub(&handled_left, 1, __ATOMIC_RELAXED) > 0;
}

/* Everything waits but for faults: one of ours is to come to the handler, and be given up there. */
static uint64_t block_all_but_faults(void)
{
    uint64_t old = 0, all = ~0ull;
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++)
        all &= ~(1ull << (faults[i] - 1));
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, sizeof all);
    return old;
}

void crash_report(int number, const siginfo_t *info, void *context, bool handled)
{
    struct report r = {number, info, context, handled};
    if (!is_wanted(handled))
        return;
    uint64_t old = block_all_but_faults();
    if (become_reporter(myself())) {
        crash_stack_run(work, &r);
        if (handled)
            remember(&r);
        __atomic_store_n(&reporter, 0, __ATOMIC_RELEASE);
    }
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &old, 0, sizeof old);
}

/* Of a context that may not be there any more: they alone, the whole is large. */
static bool peek_registers(uint64_t *out, uintptr_t at)
{
    mcontext_t *registers = &((ucontext_t *)at)->uc_mcontext;
#if defined(__x86_64__)
    struct {
        gregset_t gregs;
    } seen;
    if (!crash_peek((uintptr_t)&registers->gregs, &seen.gregs, sizeof seen.gregs))
        return false;
    out[CRASH_IP] = (uint64_t)seen.gregs[REG_RIP];
    out[CRASH_SP] = (uint64_t)seen.gregs[REG_RSP];
    return true;
#elif defined(__aarch64__)
    return crash_peek((uintptr_t)&registers->sp, &out[CRASH_SP], sizeof *out) &&
           crash_peek((uintptr_t)&registers->pc, &out[CRASH_IP], sizeof *out);
#endif
}

/* The registers that the handler was given are still where they were, above the present frame: it has not
 * returned. */
static bool is_inside(uintptr_t frame)
{
    uint64_t registers[CRASH_REGISTERS];
    if (!last.context || last.tid != (uint32_t)raw(SYS_gettid) || frame >= last.context ||
        last.context - frame > HANDLER_BYTES || !peek_registers(registers, last.context))
        return false;
    return registers[CRASH_IP] == last.ip && registers[CRASH_SP] == last.sp;
}

void crash_report_ending(void)
{
    if (unlikely(last.context != 0) && is_inside(THIS_FRAME))
        EMIT(crash_exit, VIDEO_CURRENT, clock_instant(), (uint64_t)last.number);
}
