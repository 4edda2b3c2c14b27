/* Little stack: small_stacks HOW [N]. What it does is printed by bare calls; it ends as each way of doing it
 * ends. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int which;
static const char *const names[] = {"chdir",  "rename", "open", "symlink",       "mkdir",
                                    "unlink", "link",   "exec", "vfork and exec"};
#define ACTS (int)(sizeof names / sizeof *names)

static void act(void)
{
    char *words[] = {"/none/program", NULL};
    switch (which) {
    case 0:
        (void)!chdir("/");
        break;
    case 1:
        rename("/none/a", "/none/b");
        break;
    case 2:
        close(open("/etc/hostname", O_RDONLY));
        break;
    case 3:
        (void)!symlink("/none/a", "/none/b");
        break;
    case 4:
        mkdir("/none/a", 0700);
        break;
    case 5:
        unlink("/none/a");
        break;
    case 6:
        (void)!link("/none/a", "/none/b");
        break;
    case 7:
        execv(words[0], words);
        break;
    case 8:
        if (vfork() == 0) {
            execv(words[0], words);
            _exit(3);
        }
        wait(NULL);
        break;
    }
}

static void on_signal(int number)
{
    (void)number;
    act();
}

static void *in_thread(void *nothing)
{
    act();
    return nothing;
}

/* As std of Rust has it: 8 KiB, a page before it that is none. */
static void alternate_stack(void)
{
    char *room = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = room + 4096, .ss_size = 8192};
    struct sigaction set = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    mprotect(room, 4096, PROT_NONE);
    if (sigaltstack(&stack, NULL) != 0 || sigaction(SIGUSR1, &set, NULL) != 0)
        _exit(2);
    raise(SIGUSR1);
}

static void small_thread(void)
{
    pthread_t other;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN);
    if (pthread_create(&other, &attributes, in_thread, NULL) != 0)
        _exit(2);
    pthread_join(other, NULL);
}

static void each(void (*way)(void))
{
    for (which = 0; which < ACTS; which++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            way();
            _exit(0);
        }
        waitpid(child, &status, 0);
        printf("%s: %d\n", names[which], status);
    }
}

/* ---- a handler leaves what the recorder was at ---- */

static sigjmp_buf back;
static volatile int left;

static void leave(int number)
{
    (void)number;
    left++;
    siglongjmp(back, 1);
}

static void jumps(int times)
{
    struct sigaction set = {.sa_handler = leave};
    struct itimerval often = {{0, 60}, {0, 60}};
    sigaction(SIGALRM, &set, NULL);
    if (sigsetjmp(back, 1) == 0)
        setitimer(ITIMER_REAL, &often, NULL); /* not before there is a place to jump to */
    while (left < times)
        unlink("/none/where/there/is/nothing");
    memset(&often, 0, sizeof often);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 40; i++)
        unlink("/none/after");
    puts("jumped");
}

/* ---- environments that need memory of their own ---- */

static long mapped_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld", &pages) != 1)
        pages = -1;
    fclose(f);
    return pages * 4;
}

static void large_environments(int times)
{
    static char *environment[4000], *words[] = {"/none/program", NULL}, *really[] = {"/bin/true", NULL};
    for (int i = 0; i < 3999; i++)
        environment[i] = "NAME=value";
    static long before;
    static int i;
    for (; i < times; i++) {
        if (i == 2)
            before = mapped_kb();
        if (vfork() == 0) {
            execve(words[0], words, environment);
            execve(really[0], really, environment);
            _exit(3);
        }
        wait(NULL);
    }
    printf("grew: %d\n", mapped_kb() - before > 64);
}

int main(int count, char **arguments)
{
    int n = count > 2 ? atoi(arguments[2]) : 0;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count > 1 && strcmp(arguments[1], "alternate") == 0)
        each(alternate_stack);
    else if (count > 1 && strcmp(arguments[1], "thread") == 0)
        each(small_thread);
    else if (count > 1 && strcmp(arguments[1], "jumps") == 0)
        jumps(n);
    else if (count > 1 && strcmp(arguments[1], "environments") == 0)
        large_environments(n);
    return 0;
}
