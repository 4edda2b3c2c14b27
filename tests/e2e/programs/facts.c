/* Prints what a program can know of itself: descriptors, threads, signal answers, masks, environment; then
 * executes itself once with a signal ignored and one blocked, to show what exec keeps. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void on_signal(int number) { (void)number; }

static void print_folder(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    printf("%s: %d entries, the listing's own is %d\n", path, count, folder ? dirfd(folder) : -1);
    if (folder)
        closedir(folder);
}

static void print_signals(const char *when)
{
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        if (sigaction(number, NULL, &action))
            continue;
        const char *handler = action.sa_handler == SIG_DFL     ? "default"
                              : action.sa_handler == SIG_IGN   ? "ignored"
                              : action.sa_handler == on_signal ? "ours"
                                                               : "unknown";
        int masked = 0;
        for (int other = 1; other < NSIG; other++)
            masked += sigismember(&action.sa_mask, other) == 1;
        if (strcmp(handler, "default") != 0 || action.sa_flags || masked)
            printf("%s: signal %d: %s, flags %x, %d masked\n", when, number, handler,
                   (unsigned)action.sa_flags, masked);
    }
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int number = 1; number < NSIG; number++)
        if (sigismember(&blocked, number) == 1)
            printf("%s: signal %d is blocked\n", when, number);
}

static void print_signal_answers(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGCHLD, SIGPIPE};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NODEFER}, old;
        sigaddset(&action.sa_mask, SIGUSR1);
        sigaction(numbers[i], &action, &old);
        printf("sigaction %d: before %s, flags %x\n", numbers[i],
               old.sa_handler == SIG_DFL ? "default" : "other", (unsigned)old.sa_flags);
    }
    print_signals("after sigaction");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        void (*old)(int) = signal(numbers[i], SIG_DFL);
        printf("signal %d: before %s\n", numbers[i],
               old == on_signal ? "ours"
               : old == SIG_DFL ? "default"
                                : "other");
    }
    print_signals("after signal");
}

static void print_environment(void)
{
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, "LD_PRELOAD=", 11) != 0 && strncmp(*entry, "VLSHIM_", 7) != 0)
            printf("environment %s\n", *entry);
}

int main(int count, char **words)
{
    printf("errno %d, dlerror %s\n", errno, dlerror() ? "set" : "none");
    print_folder("/proc/self/fd");
    print_folder("/proc/self/task");
    print_signals("at start");
    print_environment();
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("descriptor limit %lu, umask %o\n", (unsigned long)limit.rlim_cur, (unsigned)umask(022));
    if (count > 1)
        return 0;
    print_signal_answers();
    signal(SIGUSR1, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR2);
    sigaddset(&some, SIGSEGV);
    sigprocmask(SIG_BLOCK, &some, NULL);
    printf("exec\n");
    fflush(stdout);
    execl("/proc/self/exe", words[0], "again", (char *)NULL);
    return 1;
}
