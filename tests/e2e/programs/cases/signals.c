/* Handlers, masks and what calls say of them. */
#include "case.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

static volatile sig_atomic_t count;
static void counts(int number) { count += number; }

static void say_action(int number)
{
    struct sigaction a;
    if (sigaction(number, NULL, &a) != 0) {
        printf("%d: %s\n", number, strerrorname_np(errno));
        return;
    }
    unsigned long mask = 0;
    for (int i = 1; i < 64; i++)
        mask |= (unsigned long)(sigismember(&a.sa_mask, i) == 1) << i;
    printf("%d: %s flags %x mask %lx\n", number,
           a.sa_handler == SIG_DFL   ? "default"
           : a.sa_handler == SIG_IGN ? "ignored"
           : a.sa_handler == counts  ? "counts"
                                     : "another",
           (unsigned)a.sa_flags, mask);
}

static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGCHLD, SIGTRAP, SIGSYS};
#define EACH(i) for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)

CASE(dispositions_at_start)
{
    for (int i = 0; i <= 65; i++)
        say_action(i);
}

CASE(sigaction_answers)
{
    struct sigaction old;
    EACH(i)
    {
        struct sigaction a = {.sa_handler = counts, .sa_flags = SA_RESTART | SA_NODEFER};
        sigaddset(&a.sa_mask, SIGUSR1);
        SAY(sigaction(numbers[i], &a, &old));
        printf("%d %x\n", old.sa_handler == SIG_DFL, (unsigned)old.sa_flags);
        say_action(numbers[i]);
        a.sa_handler = SIG_IGN;
        SAY(sigaction(numbers[i], &a, &old));
        printf("%d %x\n", old.sa_handler == counts, (unsigned)old.sa_flags);
        say_action(numbers[i]);
        a.sa_handler = SIG_DFL;
        SAY(sigaction(numbers[i], &a, NULL));
        say_action(numbers[i]);
    }
    SAY(sigaction(SIGKILL, &(struct sigaction){.sa_handler = counts}, NULL));
    SAY(sigaction(0, NULL, NULL));
    SAY(sigaction(999, NULL, NULL));
}

CASE(signal_answers)
{
    EACH(i)
    {
        printf("%d ", signal(numbers[i], counts) == SIG_DFL);
        say_action(numbers[i]);
        printf("%d ", signal(numbers[i], SIG_IGN) == counts);
        printf("%d ", signal(numbers[i], counts) == SIG_IGN);
        siginterrupt(numbers[i], 1);
        say_action(numbers[i]);
        printf("%d ", sysv_signal(numbers[i], SIG_DFL) == counts);
        printf("%d\n", ssignal(numbers[i], SIG_DFL) == SIG_DFL);
        printf("%d\n", sigset(numbers[i], counts) == SIG_DFL);
        sigignore(numbers[i]);
        say_action(numbers[i]);
    }
    SAY(signal(999, counts) == SIG_ERR);
}

CASE(handlers_run)
{
    EACH(i)
    {
        if (numbers[i] == SIGABRT)
            continue;
        count = 0;
        signal(numbers[i], counts);
        raise(numbers[i]);
        printf("%d ", (int)count);
    }
    puts("");
}

CASE(a_handler_that_resets)
{
    struct sigaction a = {.sa_handler = counts, .sa_flags = SA_RESETHAND};
    EACH(i)
    {
        if (numbers[i] == SIGABRT)
            continue;
        sigaction(numbers[i], &a, NULL);
        raise(numbers[i]);
        say_action(numbers[i]);
    }
}

static void info_handler(int number, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    printf("%d code %d address %lx ip %d\n", number, info->si_code, (long)info->si_addr,
           u->uc_mcontext.gregs[REG_RIP] != 0);
    fflush(stdout);
    _exit(42);
}

CASE(a_fault_reaches_its_handler)
{
    struct sigaction a = {.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    *(volatile int *)0x10 = 1;
}

CASE(a_truncated_mapping_reaches_its_handler)
{
    struct sigaction a = {.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &a, NULL);
    int fd = open("short", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 4096);
    volatile char *p = mmap((void *)0x100000000, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    ftruncate(fd, 0);
    (void)*p;
}

CASE(a_truncated_mapping_kills)
{
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open("short", O_RDWR | O_CREAT, 0600);
        ftruncate(fd, 4096);
        volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
        ftruncate(fd, 0);
        (void)*p;
    }
    say_end("reader", pid);
}

static char stack_for_signals[65536];

static void on_which_stack(int number)
{
    char here;
    printf("%d on its stack: %d\n", number,
           &here > stack_for_signals && &here < stack_for_signals + sizeof stack_for_signals);
}

CASE(signal_stack)
{
    stack_t stack = {.ss_sp = stack_for_signals, .ss_size = sizeof stack_for_signals}, old;
    SAY(sigaltstack(NULL, &old));
    printf("%d %zu\n", old.ss_flags, old.ss_size);
    SAY(sigaltstack(&stack, NULL));
    SAY(sigaltstack(NULL, &old));
    printf("%d %zu\n", old.ss_flags, old.ss_size);
    struct sigaction a = {.sa_handler = on_which_stack, .sa_flags = SA_ONSTACK};
    EACH(i)
    {
        a.sa_flags ^= i % 2 ? SA_ONSTACK : 0;
        if (numbers[i] != SIGABRT && sigaction(numbers[i], &a, NULL) == 0)
            raise(numbers[i]);
    }
}

static sigjmp_buf out;
static void jumps(int number) { siglongjmp(out, number); }

CASE(longjmp_out_of_handlers)
{
    EACH(i)
    {
        signal(numbers[i], jumps);
        int came = sigsetjmp(out, 1);
        if (came == 0)
            raise(numbers[i]);
        printf("%d ", came);
    }
    puts("");
    signal(SIGSEGV, jumps);
    for (volatile int i = 0; i < 300; i++)
        if (sigsetjmp(out, 1) == 0)
            *(volatile int *)0 = 1;
    puts("300 faults survived");
}

CASE(longjmp_out_of_write_and_read)
{
    struct itimerval often = {{0, 200}, {0, 200}};
    int null = open("/dev/null", O_WRONLY), zero = open("/dev/zero", O_RDONLY);
    char text[64];
    volatile int jumped = 0;
    signal(SIGALRM, jumps);
    setitimer(ITIMER_REAL, &often, NULL);
    if (sigsetjmp(out, 1) != 0)
        jumped++;
    while (jumped < 200)
        if (write(null, text, 64) != 64 || read(zero, text, 64) != 64)
            abort();
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    puts("200 jumps");
}

CASE(an_interrupted_read)
{
    int fds[2];
    char c;
    struct sigaction a = {.sa_handler = counts};
    pipe(fds);
    sigaction(SIGALRM, &a, NULL);
    ualarm(10000, 0);
    SAY(read(fds[0], &c, 1));
    ualarm(10000, 0);
    SAY(wait(NULL));
    a.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &a, NULL);
    if (fork() == 0) {
        usleep(30000);
        write(fds[1], "x", 1);
        _exit(0);
    }
    ualarm(10000, 0);
    SAY(read(fds[0], &c, 1));
}

CASE(masks)
{
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    for (int i = 0; i < 20000; i++)
        open("/nowhere", O_RDONLY);
    sigprocmask(SIG_SETMASK, NULL, &all);
    for (int i = 1; i < 65; i++)
        printf("%d%d ", sigismember(&old, i), sigismember(&all, i));
    puts("");
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", "grep 'Sig\\(Blk\\|Ign\\)' /proc/self/status", (char *)NULL);
        _exit(1);
    }
    say_end("masked child", pid);
}

CASE(ignored_signals_stay_ignored_through_exec)
{
    EACH(i)
    signal(numbers[i], SIG_IGN);
    signal(SIGINT, SIG_IGN);
    fflush(stdout);
    execl("/bin/sh", "sh", "-c", "grep SigIgn /proc/self/status", (char *)NULL);
}

CASE(handled_signals_are_default_after_exec)
{
    EACH(i)
    signal(numbers[i], counts);
    fflush(stdout);
    execl(own_path(), "cases", "dispositions_at_start", (char *)NULL);
}

CASE(pending_signals)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGSEGV);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    kill(getpid(), SIGSEGV);
    sigpending(&set);
    printf("%d %d\n", sigismember(&set, SIGUSR1), sigismember(&set, SIGSEGV));
    signal(SIGUSR1, counts);
    signal(SIGSEGV, counts);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    printf("%d\n", (int)count);
}

CASE(sigwait_and_queue)
{
    sigset_t set;
    int got;
    siginfo_t info;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    SAY(sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 77}));
    sigwaitinfo(&set, &info);
    printf("%d\n", info.si_value.sival_int);
    raise(SIGUSR2);
    SAY(sigwait(&set, &got));
}
