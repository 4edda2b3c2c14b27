/* A chain of processes across PID namespaces: namespaces STATUS STEP... Each step is taken by the process
 * that the one before began.
 *
 *   how=status     begin a child that takes the steps after this one and ends with that status; await it
 *   how=status*n   n of them, all there at the same time
 *   unshare        children are in a PID namespace of their own
 *   setns          children are in one that others made: two more processes, which end with 90 and 91
 *   mount, umount  a /proc of this PID namespace, none
 *   burn           use the processor for a while
 *   static, dynamic: which of this program children execute, $STATIC or $DYNAMIC
 *
 * how is one of fork, _Fork, vfork, spawn, system, popen, clone, clone_vfork, sys_clone, and clone_new and
 * sys_new, which make a PID namespace themselves. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX 32

extern char **environ;
static char *image = "DYNAMIC";

static void need(int good, const char *what)
{
    if (good)
        return;
    perror(what);
    _exit(99);
}

static int take(char **steps);

/* What a child is to do: by itself, or in the words of a program. */
struct child {
    int status;
    char **steps;
    char text[16];
    char *words[MAX];
    char command[1024];
};

static void describe(struct child *c, int status, char **steps)
{
    int n = 0;
    *c = (struct child){.status = status, .steps = steps};
    snprintf(c->text, sizeof c->text, "%d", status);
    c->words[n++] = getenv(image);
    c->words[n++] = c->text;
    for (; *steps && n + 1 < MAX; steps++)
        c->words[n++] = *steps;
    strcpy(c->command, "exec");
    for (int i = 0; i < n; i++)
        strcat(strcat(strcat(c->command, " '"), c->words[i]), "'");
}

static int run_child(void *argument)
{
    struct child *c = argument;
    _exit(take(c->steps) == 0 ? c->status : 99);
}

static int exec_child(void *argument)
{
    struct child *c = argument;
    execv(c->words[0], c->words);
    _exit(98);
}

/* The pid, or -1: it was awaited already. */
static pid_t begin(const char *how, struct child *c, FILE **stream)
{
    const size_t bytes = 64 << 10;
    char *stack = aligned_alloc(16, bytes); /* a child of clone runs on one */
    pid_t pid = -1;
    *stream = NULL;
    if (strcmp(how, "spawn") == 0) {
        need(posix_spawn(&pid, c->words[0], NULL, NULL, c->words, environ) == 0, "posix_spawn");
    } else if (strcmp(how, "system") == 0) {
        need(WEXITSTATUS(system(c->command)) == c->status, "system");
    } else if (strcmp(how, "popen") == 0) {
        need((*stream = popen(c->command, "w")) != NULL, "popen");
    } else if (strcmp(how, "clone") == 0) {
        pid = clone(run_child, stack + bytes, SIGCHLD, c);
    } else if (strcmp(how, "clone_new") == 0) {
        pid = clone(run_child, stack + bytes, CLONE_NEWPID | SIGCHLD, c);
    } else if (strcmp(how, "clone_vfork") == 0) {
        pid = clone(exec_child, stack + bytes, CLONE_VM | CLONE_VFORK | SIGCHLD, c);
    } else if (strcmp(how, "vfork") == 0) {
        if ((pid = vfork()) == 0)
            exec_child(c);
    } else {
        if (strcmp(how, "fork") == 0)
            pid = fork();
#if __GLIBC_PREREQ(2, 34)
        else if (strcmp(how, "_Fork") == 0)
            pid = _Fork();
#endif
        else
            pid = (pid_t)syscall(SYS_clone, (strcmp(how, "sys_new") == 0 ? CLONE_NEWPID : 0) | SIGCHLD, 0, 0,
                                 0, 0);
        if (pid == 0)
            run_child(c);
    }
    return pid;
}

static void begin_all(char *step, char **rest)
{
    char *equals = strchr(step, '='), *star = strchr(equals, '*');
    int status = atoi(equals + 1), count = star ? atoi(star + 1) : 1, seen;
    struct child c;
    pid_t pids[MAX];
    FILE *streams[MAX];
    char how[32] = "";
    memcpy(how, step, (size_t)(equals - step));
    describe(&c, status, rest);
    for (int i = 0; i < count && i < MAX; i++)
        pids[i] = begin(how, &c, &streams[i]);
    for (int i = 0; i < count && i < MAX; i++) {
        if (streams[i])
            need(WEXITSTATUS(pclose(streams[i])) == status, "pclose");
        else if (strcmp(how, "system") != 0)
            need(pids[i] > 0 && waitpid(pids[i], &seen, 0) == pids[i] && WEXITSTATUS(seen) == status, how);
    }
}

static struct {
    int until;
    pid_t maker;
} other;

/* Another process makes a PID namespace, whose first process stays until the pipe is closed. */
static void enter_another(void)
{
    int told[2], until[2], status;
    pid_t maker, first;
    char path[64];
    need(pipe(told) == 0 && pipe(until) == 0, "pipe");
    if ((maker = fork()) == 0) {
        need(unshare(CLONE_NEWPID) == 0, "unshare");
        if ((first = fork()) == 0) {
            close(until[1]);
            _exit(read(until[0], path, 1) == 0 ? 91 : 99);
        }
        close(until[1]);
        need(write(told[1], &first, sizeof first) == sizeof first, "write");
        waitpid(first, &status, 0);
        _exit(90);
    }
    need(read(told[0], &first, sizeof first) == sizeof first, "read");
    snprintf(path, sizeof path, "/proc/%d/ns/pid", first);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    need(fd >= 0 && setns(fd, CLONE_NEWPID) == 0, "setns");
    close(fd);
    fcntl(until[1], F_SETFD, FD_CLOEXEC);
    other.until = until[1];
    other.maker = maker;
}

static void leave_another(void)
{
    int status;
    close(other.until);
    waitpid(other.maker, &status, 0);
}

static void burn(void)
{
    struct timespec used;
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec == 0 && used.tv_nsec < 150000000);
}

static int take(char **steps)
{
    int joined = 0;
    for (; *steps; steps++) {
        if (strcmp(*steps, "unshare") == 0)
            need(unshare(CLONE_NEWPID) == 0, "unshare");
        else if (strcmp(*steps, "setns") == 0)
            enter_another(), joined = 1;
        else if (strcmp(*steps, "mount") == 0)
            need(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                     mount("proc", "/proc", "proc", 0, NULL) == 0,
                 "mount");
        else if (strcmp(*steps, "umount") == 0)
            need(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                     umount2("/proc", MNT_DETACH) == 0,
                 "umount");
        else if (strcmp(*steps, "burn") == 0)
            burn();
        else if (strcmp(*steps, "static") == 0 || strcmp(*steps, "dynamic") == 0)
            image = **steps == 's' ? "STATIC" : "DYNAMIC";
        else {
            begin_all(*steps, steps + 1);
            break;
        }
    }
    if (joined)
        leave_another();
    return 0;
}

int main(int count, char **words) { return count > 1 && take(words + 2) == 0 ? atoi(words[1]) : 99; }
