/* A program that filters its own system calls: confined WAY ACTION, where WAY is how the filter is installed
 * and ACTION what the filter does to all that a program needs no more which only writes, or what the program
 * does besides. It ends with status 3 where it cannot be confined. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITES 100000

static int null;
static const char *way, *action;

static int is(const char *word, const char *other) { return strcmp(word, other) == 0; }

static void say(const char *text)
{
    if (write(1, text, strlen(text)) < 0)
        _exit(4);
}

static void writes(int n)
{
    for (int i = 0; i < n; i++)
        if (write(null, "x", 1) != 1)
            _exit(5);
}

/* ---- the filter ---- */

static const unsigned short unneeded[] = {
    SYS_openat,   SYS_mmap,         SYS_munmap,      SYS_close,     SYS_fstat,   SYS_newfstatat,
    SYS_writev,   SYS_lseek,        SYS_prlimit64,   SYS_getpid,    SYS_gettid,  SYS_readlinkat,
    SYS_getcwd,   SYS_getrusage,    SYS_sigaltstack, SYS_mkdirat,   SYS_uname,   SYS_clock_gettime,
    SYS_madvise,  SYS_faccessat,    SYS_tgkill,      SYS_fallocate, SYS_pread64, SYS_rt_sigprocmask,
    SYS_mprotect, SYS_rt_sigaction, SYS_rt_sigreturn};
#define UNNEEDED (sizeof unneeded / sizeof *unneeded - 1) /* the last by one alone that crashes */

static unsigned verdict(void)
{
    return is(action, "errno")  ? SECCOMP_RET_ERRNO | ENOSPC
           : is(action, "trap") ? SECCOMP_RET_TRAP
                                : SECCOMP_RET_KILL_PROCESS;
}

/* Some actions need a part of it; the first `most` of the list are forbidden. */
static struct sock_fprog make_filter(size_t most)
{
    static struct sock_filter rules[UNNEEDED + 4];
    size_t n = 0;
    rules[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < most; i++)
        rules[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, unneeded[i],
                                                  (unsigned char)(most - i), 0);
    rules[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    rules[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict());
    return (struct sock_fprog){(unsigned short)n, rules};
}

static void confine(size_t most)
{
    struct sock_fprog filter = make_filter(most);
    long done = -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(3);
    if (is(way, "prctl"))
        done = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
    else if (is(way, "prctl_by_number"))
        done = syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
    else if (is(way, "seccomp"))
        done = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
    else if (is(way, "threads"))
        done = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    if (done != 0)
        _exit(3);
}

/* ---- what it does then ---- */

static int started, finished; /* atomic */

static void wait_for(const int *count)
{
    while (__atomic_load_n(count, __ATOMIC_RELAXED) < 4)
        sched_yield();
}

/* A thread that ends would need calls that are forbidden. */
static void *goes_on(void *unused)
{
    __atomic_fetch_add(&started, 1, __ATOMIC_RELAXED);
    writes(WRITES);
    __atomic_fetch_add(&finished, 1, __ATOMIC_RELAXED);
    for (;;)
        pause();
    return unused;
}

/* Threads that write all the while, and need what is forbidden for nothing. */
static void among_threads(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, goes_on, NULL);
    wait_for(&started);
    confine(UNNEEDED);
    writes(WRITES);
    wait_for(&finished);
}

/* Children of its own, by fork and by a bare call. */
static void with_children(void)
{
    confine(9);
    for (int i = 0; i < 4; i++) {
        int status = 0;
        pid_t pid = i % 2 ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : fork();
        if (pid == 0) {
            writes(WRITES / 10);
            _exit(20 + i);
        }
        if (waitpid(pid, &status, 0) != pid || status != (20 + i) << 8)
            _exit(6);
    }
}

static void refused(void)
{
    const struct sock_fprog nothing = {0, NULL};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL);
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &nothing);
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &nothing);
    writes(WRITES);
}

static void in_strict_mode(void)
{
    char c;
    if (is(action, "prctl") ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)
                            : (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL))
        _exit(3);
    writes(WRITES);
    if (read(0, &c, 1) == 0)
        say("done\n");
    syscall(SYS_exit, 0);
}

/* The spool's files are cut under it. */
static void cut(char **files)
{
    confine(1);
    for (; *files; files++)
        if (truncate(*files, 0) != 0)
            _exit(7);
    writes(WRITES);
}

static void without_counter(void)
{
    prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
    writes(WRITES);
    open("made", O_WRONLY | O_CREAT, 0600);
}

/* A program that begins under a filter. */
static void becomes(char **words)
{
    action = "errno";
    way = "prctl";
    struct sock_fprog filter = make_filter(0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
        execvp(words[0], words);
    _exit(3);
}

/* A filter of a vfork child's is none of its parent's. */
static void of_a_vfork_child(void)
{
    static char *words[] = {"true", NULL};
    int status = 0;
    pid_t pid = vfork();
    if (pid == 0)
        becomes(words);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        _exit(6);
    writes(WRITES);
}

/* A crash under a filter that lets no handler return. */
static void crash(void)
{
    way = "prctl";
    action = "kill";
    confine(UNNEEDED + 1);
    *(volatile int *)16 = 0;
}

static void trapped(int number)
{
    (void)number;
    say("trapped\n");
}

int main(int count, char **words)
{
    way = count > 1 ? words[1] : "";
    action = count > 2 ? words[2] : "";
    null = open("/dev/null", O_WRONLY);
    signal(SIGSYS, trapped);
    if (is(way, "strict"))
        in_strict_mode();
    else if (is(way, "refused"))
        refused();
    else if (is(way, "without_counter"))
        without_counter();
    else if (is(way, "becomes"))
        becomes(words + 2);
    else if (is(way, "vfork"))
        of_a_vfork_child();
    else if (is(way, "cut")) {
        way = "prctl";
        action = "errno";
        cut(words + 2);
    } else if (is(way, "threads"))
        among_threads();
    else if (is(way, "crash"))
        crash();
    else if (is(way, "children")) {
        way = "prctl";
        with_children();
    } else {
        confine(UNNEEDED);
        writes(WRITES);
    }
    say("done\n");
    return 0;
}
