/* Makes calls at unusual moments of a process's life: moments MODE. What has returned is said on standard
 * output by bare system calls, or goes without saying: each file below was written to once. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define INTERRUPTIONS 150

static bool whole_life;

static void touch(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    write(fd, "one", 3);
    close(fd);
}

__attribute__((constructor)) static void before_main(int count, char **words)
{
    whole_life = count > 1 && strcmp(words[1], "life") == 0;
    if (whole_life)
        touch("before-main");
}

__attribute__((destructor)) static void after_exit_handlers(void)
{
    if (whole_life)
        touch("in-destructor");
}

static void in_exit_handler(void) { touch("in-exit-handler"); }

static volatile unsigned handled;
static volatile bool leaves;
static sigjmp_buf out;
static int interrupting;

static void handler(int number)
{
    (void)number;
    for (int i = 0; i < 3; i++)
        write(interrupting, "x", 1);
    handled++;
    if (leaves)
        siglongjmp(out, 1);
}

static void interrupted(bool by_jump)
{
    static volatile unsigned returned;
    static volatile bool begun;
    struct itimerval often = {{0, 100}, {0, 100}}, off = {0};
    char said[64];
    int written = open("interrupted", O_WRONLY | O_CREAT, 0600);
    interrupting = open("interrupting", O_WRONLY | O_CREAT, 0600);
    leaves = by_jump;
    signal(SIGALRM, handler);
    sigsetjmp(out, 1);
    if (!begun) {
        begun = true;
        setitimer(ITIMER_REAL, &often, NULL);
    }
    while (handled < INTERRUPTIONS) {
        write(written, "x", 1);
        returned++;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    int n = snprintf(said, sizeof said, "%u %u", returned, handled);
    syscall(SYS_write, 1, said, n);
}

/* The process's last act is one write after many. */
static void ends(const char *how)
{
    int fd = open("written", O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 1000; i++)
        write(fd, "x", 1);
    if (strcmp(how, "_exit") == 0)
        _exit(0);
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "fault") == 0)
        *(volatile int *)8 = 1;
    if (strcmp(how, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(how, "syscall") == 0)
        syscall(SYS_exit_group, 0);
}

static int in_child(void *nothing)
{
    touch("made-by-child");
    _exit(nothing != NULL);
}

/* The child runs in our memory while we wait. */
static void has_child(bool by_clone)
{
    static char stack[65536] __attribute__((aligned(16)));
    pid_t child =
        by_clone ? clone(in_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL) : vfork();
    if (child == 0)
        in_child(NULL);
    waitpid(child, NULL, 0);
    touch("made-by-parent");
}

/* Opened by the kernel's own instruction, where there is no hook. */
static int open_unseen(const char *name)
{
    long result = SYS_openat;
#if defined(__x86_64__)
    register long mode __asm__("r10") = 0600;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(AT_FDCWD), "S"(name), "d"(O_WRONLY | O_CREAT), "r"(mode)
                     : "rcx", "r11", "memory");
#else
    result = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT, 0600);
#endif
    return (int)result;
}

/* The number of a file that was closed with others goes to one that no hook sees opened. */
static void closes_all(void)
{
    int fd = open("first", O_WRONLY | O_CREAT, 0600);
    write(fd, "x", 1);
    close_range(3, ~0u, 0);
    int again = open_unseen("second");
    write(again, "xx", again == fd ? 2 : 1);
}

/* ---- the late part ---- */

static unsigned short port;

static void say_mapped(void)
{
    char line[512];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        found |= strstr(line, "libvldeep.so") != NULL;
    if (maps)
        fclose(maps);
    printf("%s\n", found ? "loaded" : "not");
    fflush(stdout);
}

static void ask(void)
{
    static const char question[] = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&to, sizeof to) == 0)
        write(s, question, sizeof question - 1);
}

static void asking_handler(int number)
{
    (void)number;
    ask();
    if (fork() == 0)
        _exit(0);
    wait(NULL);
}

/* First from a handler, on the signal stack or the program's, then from main. */
static void asks(bool on_signal_stack)
{
    static char room[1 << 16];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_handler = asking_handler, .sa_flags = on_signal_stack ? SA_ONSTACK : 0};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 3; i++)
        raise(SIGUSR1);
    say_mapped();
    ask();
    say_mapped();
}

int main(int count, char **words)
{
    const char *mode = count > 1 ? words[1] : "";
    if (whole_life)
        atexit(in_exit_handler);
    else if (strcmp(mode, "handlers") == 0 || strcmp(mode, "jumps") == 0)
        interrupted(mode[0] == 'j');
    else if (strcmp(mode, "vfork") == 0 || strcmp(mode, "clone") == 0)
        has_child(mode[0] == 'c');
    else if (strcmp(mode, "closes") == 0)
        closes_all();
    else if (strncmp(mode, "asks", 4) == 0 && count > 2) {
        port = (unsigned short)atoi(words[2]);
        asks(strcmp(mode, "asks-on-signal-stack") == 0);
    } else
        ends(mode);
    return 0;
}
