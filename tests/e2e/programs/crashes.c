/* Crashes in the way that the first word names, and prints what a program can see of it: the same with and
 * without the recorder. */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define KEEP __attribute__((noinline))

static void say(const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (write(1, text, (size_t)n) < 0)
        _exit(99);
}

/* ---- three calls deep ---- */

KEEP static int innermost(volatile int *p) { return *p + 1; }
KEEP static int middle(volatile int *p) { return innermost(p) * 2; }
KEEP static int outermost(volatile int *p) { return middle(p) * 3; }

KEEP static void fault(void) { say("%d\n", outermost(NULL)); }

/* ---- threads ---- */

KEEP static void give_up(void) { abort(); }

static void *abort_in_thread(void *unused)
{
    (void)unused;
    give_up();
    return NULL;
}

static void *fault_in_thread(void *unused)
{
    (void)unused;
    fault();
    return NULL;
}

static void in_threads(void *(*body)(void *), int count, size_t stack)
{
    pthread_t threads[8];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack)
        pthread_attr_setstacksize(&attributes, stack);
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], &attributes, body, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

/* ---- handlers ---- */

static void set_full(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_flags = flags | SA_SIGINFO};
    action.sa_sigaction = handler;
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaddset(&action.sa_mask, SIGHUP);
    sigaction(number, &action, NULL);
}

static void exit_42(int number)
{
    say("caught %d\n", number);
    _exit(42);
}

static sigjmp_buf back;
#define ALTERNATE 65536
static char *alternate;
static int depth;

static void say_mask(void)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    for (int i = 1; i < 32; i++)
        if (sigismember(&now, i))
            say(" %d", i);
    say("\n");
}

static void describe(int number, siginfo_t *info, void *context)
{
    char here;
    stack_t stack;
    const ucontext_t *c = context;
    void *callers[20];
    sigaltstack(NULL, &stack);
    say("signal %d %d code %d address %p errno %d\n", number, info->si_signo, info->si_code, info->si_addr,
        errno);
    say("at fault: %d\n", (uintptr_t)c->uc_mcontext.gregs[REG_RIP] - (uintptr_t)innermost < 64);
    bool inside = alternate && &here > alternate && &here < alternate + ALTERNATE;
    say("on alternate: %d %d, %ld bytes above\n", inside, stack.ss_flags,
        inside ? (long)(alternate + ALTERNATE - (char *)context) : 0);
    say("callers: %d\nmask:", backtrace(callers, 20));
    say_mask();
    siglongjmp(back, 1);
}

static void alternate_stack(void)
{
    alternate = malloc(ALTERNATE);
    stack_t stack = {.ss_sp = alternate, .ss_size = ALTERNATE};
    sigaltstack(&stack, NULL);
}

static void describe_all(void)
{
    void *warm[4];
    backtrace(warm, 4);
    for (int flags = 0; flags < 8; flags++) {
        set_full(SIGSEGV, describe,
                 (flags & 1 ? SA_ONSTACK : 0) | (flags & 2 ? SA_NODEFER : 0) | (flags & 4 ? SA_RESTART : 0));
        errno = 77;
        if (sigsetjmp(back, 1) == 0)
            fault();
        if (flags == 3)
            alternate_stack();
    }
    say("mask after:");
    say_mask();
}

static void fault_again(int number, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    say("caught %d at depth %d\n", number, depth);
    if (++depth == 6)
        _exit(44);
    fault();
}

static void come_back(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    depth++;
    siglongjmp(back, 1);
}

static void say_and_return(int number, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    say("caught %d\n", number);
}

static void live_on_faults(void)
{
    set_full(SIGSEGV, come_back, 0);
    for (volatile int i = 0; i < 1000; i++)
        if (sigsetjmp(back, 1) == 0)
            fault();
    say("%d faults\n", depth);
}

/* ---- children ---- */

static void say_status(const char *who, pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    say("%s: signal %d status %d core %d\n", who, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        WIFEXITED(status) ? WEXITSTATUS(status) : -1, WCOREDUMP(status));
}

static void say_disposition(int number)
{
    struct sigaction now;
    sigaction(number, NULL, &now);
    say("%d: %s flags %x\n", number,
        now.sa_handler == SIG_DFL   ? "default"
        : now.sa_handler == exit_42 ? "ours"
                                    : "other",
        now.sa_flags & ~0x04000000);
}

static volatile pid_t child;

static void vfork_children(void)
{
    child = vfork();
    if (child == 0) {
        say_disposition(SIGSEGV);
        fault();
        _exit(1);
    }
    say_status("vfork child without handler", child);
    say_disposition(SIGSEGV);
    signal(SIGSEGV, exit_42);
    child = vfork();
    if (child == 0) {
        say_disposition(SIGSEGV);
        signal(SIGSEGV, SIG_DFL);
        say_disposition(SIGSEGV);
        fault();
        _exit(1);
    }
    say_status("vfork child that set the default", child);
    say_disposition(SIGSEGV);
    struct sigaction once = {.sa_handler = exit_42, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGSEGV, &once, NULL);
    child = vfork();
    if (child == 0)
        fault();
    say_status("vfork child with a handler for once", child);
    say_disposition(SIGSEGV);
    fault();
}

static void fork_children(void)
{
    child = fork();
    if (child == 0)
        fault();
    say_status("child", child);
    child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        fault();
    say_status("bare child", child);
}

static volatile sig_atomic_t children_ended;

static void child_ended(int number) { children_ended += number == SIGCHLD; }

static void no_children(void)
{
    signal(SIGCHLD, child_ended);
    set_full(SIGSEGV, come_back, 0);
    if (sigsetjmp(back, 1) == 0)
        fault();
    int result = waitpid(-1, NULL, WNOHANG | __WALL), error = errno;
    say("waitpid %d %d, children ended: %d\n", result, error, (int)children_ended);
}

/* ---- the rest ---- */

KEEP static int overflow(volatile char *above)
{
    volatile char here[512];
    here[0] = *above;
    return here[0] ? overflow(here) + here[0] : 0;
}

/* The next chunk's size is nonsense when its neighbour is given back. */
static void corrupt_heap(void)
{
    char *volatile a = malloc(2000), *b = malloc(2000), *c = malloc(2000);
    for (volatile int i = 0; i < 40; i++)
        a[2000 + i] = 'A';
    free(b);
    free(a);
    say("%d\n", c != NULL);
}

static void block(int number, int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(how, &set, NULL);
}

static void suspended(void)
{
    sigset_t none;
    sigemptyset(&none);
    block(SIGABRT, SIG_BLOCK);
    raise(SIGABRT);
    sigsuspend(&none);
    say("still here\n");
}

static void divide(void)
{
    volatile int zero = 0;
    say("%d\n", 7 / zero);
}

static void lose_page(void)
{
    char name[] = "crashes-XXXXXX";
    int file = mkstemp(name);
    unlink(name);
    volatile char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    page[0] = 1;
}

/* Nothing but what a crash without a recorder needs; everything else kills with SIGSYS. */
static void sandboxed(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
    fault();
}

static void call_nowhere(void)
{
    void (*volatile nowhere)(void) = NULL;
    nowhere();
    say("back\n");
}

static void wait_for_signal(void)
{
    say("ready\n");
    for (;;)
        pause();
}

static void close_all(void)
{
    for (int i = 0; i < 1024; i++)
        close(i);
    fault();
}

static void ignore(int number, void (*then)(void))
{
    signal(number, SIG_IGN);
    raise(number);
    say("ignored\n");
    then();
}

static void thread_abort(void) { in_threads(abort_in_thread, 1, 0); }
static void thread_small(void) { in_threads(fault_in_thread, 1, 16384); }
static void threads_many(void) { in_threads(fault_in_thread, 8, 0); }
static void handler_exit(void) { signal(SIGSEGV, exit_42), fault(); }
static void handler_once(void) { set_full(SIGSEGV, say_and_return, (int)SA_RESETHAND), fault(); }
static void handler_faults(void) { set_full(SIGSEGV, fault_again, 0), fault(); }
static void handler_again(void) { set_full(SIGSEGV, fault_again, SA_NODEFER), fault(); }
static void handler_abort(void) { set_full(SIGABRT, say_and_return, 0), give_up(); }
static void overflow_seen(void)
{
    alternate_stack(), set_full(SIGSEGV, fault_again, SA_ONSTACK), depth = 5, overflow("x");
}
static void overflow_plain(void) { say("%d\n", overflow("x")); }
static void ignored_fault(void) { ignore(SIGSEGV, fault); }
static void ignored_abort(void) { ignore(SIGABRT, give_up); }
static void blocked_fault(void) { block(SIGSEGV, SIG_BLOCK), fault(); }
static void blocked_abort(void)
{
    block(SIGABRT, SIG_BLOCK), raise(SIGABRT), say("later\n"), block(SIGABRT, SIG_UNBLOCK);
}
static void illegal(void) { __builtin_trap(); }
static void sent(void) { kill(getpid(), SIGSEGV); }

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"null", fault},
    {"thread_abort", thread_abort},
    {"thread_small", thread_small},
    {"threads_many", threads_many},
    {"handler_exit", handler_exit},
    {"handler_once", handler_once},
    {"handler_faults", handler_faults},
    {"handler_again", handler_again},
    {"handler_abort", handler_abort},
    {"describe", describe_all},
    {"live_on_faults", live_on_faults},
    {"vfork_children", vfork_children},
    {"fork_children", fork_children},
    {"no_children", no_children},
    {"overflow", overflow_plain},
    {"overflow_seen", overflow_seen},
    {"corrupt_heap", corrupt_heap},
    {"ignored_fault", ignored_fault},
    {"ignored_abort", ignored_abort},
    {"blocked_fault", blocked_fault},
    {"blocked_abort", blocked_abort},
    {"suspended", suspended},
    {"abort", give_up},
    {"divide", divide},
    {"lose_page", lose_page},
    {"illegal", illegal},
    {"sent", sent},
    {"sandboxed", sandboxed},
    {"call_nowhere", call_nowhere},
    {"close_all", close_all},
    {"wait", wait_for_signal},
};

int main(int count, char **words)
{
    for (size_t i = 0; count > 1 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(words[1], ways[i].name) == 0) {
            ways[i].run();
            return 0;
        }
    }
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        puts(ways[i].name);
    return 2;
}
