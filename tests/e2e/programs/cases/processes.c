/* Beginning, waiting for and ending processes. */
#include "case.h"

#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>

extern char **environ;

CASE(fork_and_wait)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(7);
    say_end("child", child);
    SAY(wait(&status));
    SAY(waitpid(-1, &status, WNOHANG));
    SAY(waitpid(child, &status, 0));
    SAY(wait4(1, NULL, 0, NULL));
    SAY(wait3(NULL, WNOHANG, NULL));
}

CASE(wait_forms)
{
    struct rusage usage;
    siginfo_t info;
    int status;
    if (fork() == 0)
        exit(1);
    SAY(wait(&status) > 0);
    printf("%d\n", WEXITSTATUS(status));
    if (fork() == 0)
        exit(2);
    SAY(wait3(&status, 0, &usage) > 0);
    printf("%d %d\n", WEXITSTATUS(status), usage.ru_maxrss > 0);
    if (fork() == 0)
        exit(3);
    SAY(wait4(-1, NULL, 0, NULL) > 0);
    pid_t child = fork();
    if (child == 0)
        exit(4);
    SAY(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
    printf("%d %d\n", info.si_code, info.si_status);
    SAY(waitid(P_PID, (id_t)child, &info, WEXITED));
    printf("%d %d %d\n", info.si_code, info.si_status, info.si_pid == child);
    SAY(waitid(P_PID, (id_t)child, &info, WEXITED));
    SAY(waitid(P_ALL, 0, &info, 0));
    SAY(wait((int *)1));
}

CASE(stopped_and_continued)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    printf("%d %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    printf("%d\n", WIFCONTINUED(status));
    kill(child, SIGKILL);
    say_end("child", child);
}

CASE(fork_keeps_descriptors_and_offsets)
{
    int fd = open("shared", O_RDWR | O_CREAT, 0600);
    write(fd, "abcdef", 6);
    lseek(fd, 0, SEEK_SET);
    if (fork() == 0) {
        char c;
        read(fd, &c, 1);
        say_descriptors();
        exit(0);
    }
    wait(NULL);
    SAY(lseek(fd, 0, SEEK_CUR));
}

CASE(vfork_and_exec)
{
    pid_t child = vfork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
        _exit(1);
    }
    say_end("vfork", child);
    child = vfork();
    if (child == 0)
        _exit(5);
    say_end("vfork without exec", child);
    volatile int changed = 0;
    child = vfork();
    if (child == 0) {
        changed = 1;
        dup2(open("/dev/null", O_WRONLY), 9);
        execl("/nowhere", "x", (char *)NULL);
        _exit(6);
    }
    printf("%d\n", changed);
    say_end("vfork and failed exec", child);
    say_descriptors();
}

CASE(exec_errors)
{
    char *words[] = {"x", NULL};
    SAY(execv("/nowhere", words));
    SAY(execv("/", words));
    SAY(execv("/etc/passwd", words));
    SAY(execve("/bin/true", (char **)1, environ));
    SAY(execvp("no-such-program-anywhere", words));
    SAY(execl("/nowhere", "a", "b", (char *)NULL));
    SAY(execlp("no-such-program-anywhere", "a", (char *)NULL));
    SAY(execle("/nowhere", "a", (char *)NULL, environ));
    SAY(fexecve(-1, words, environ));
    SAY(execveat(-1, "", words, environ, 0));
    int fd = open("no-interpreter", O_WRONLY | O_CREAT, 0700);
    write(fd, "#!/nowhere\n", 11);
    close(fd);
    SAY(execv("./no-interpreter", words));
    fd = open("no-magic", O_WRONLY | O_CREAT, 0700);
    write(fd, "echo from the shell\n", 20);
    close(fd);
    SAY(execv("./no-magic", words));
    fflush(stdout);
    execvp("./no-magic", words); /* libc tries the shell */
}

#define IN_CHILD(what)                                                                                       \
    do {                                                                                                     \
        pid_t pid = fork();                                                                                  \
        if (pid == 0) {                                                                                      \
            what;                                                                                            \
            _exit(99);                                                                                       \
        }                                                                                                    \
        say_end(#what, pid);                                                                                 \
    } while (0)

CASE(exec_forms)
{
    char *words[] = {"sh", "-c", "echo $0 $1 $A; exit 3", "zero", "one", NULL}, *vars[] = {"A=set", NULL};
    setenv("A", "inherited", 1);
    IN_CHILD(execv("/bin/sh", words));
    IN_CHILD(execve("/bin/sh", words, vars));
    IN_CHILD(execvp("sh", words));
    IN_CHILD(execvpe("sh", words, vars));
    IN_CHILD(execl("/bin/sh", "sh", "-c", "echo $0 $1 $A; exit 4", "0", "1", (char *)NULL));
    IN_CHILD(execlp("sh", "sh", "-c", "echo $0 $1 $A; exit 5", "0", "1", (char *)NULL));
    IN_CHILD(execle("/bin/sh", "sh", "-c", "echo $0 $1 $A; exit 6", "0", "1", (char *)NULL, vars));
    int fd = open("/bin/sh", O_RDONLY);
    IN_CHILD(fexecve(fd, words, vars));
    IN_CHILD(execveat(AT_FDCWD, "/bin/sh", words, vars, 0));
    IN_CHILD(syscall(SYS_execve, "/bin/sh", words, vars));
}

CASE(many_words_and_variables)
{
    static char *words[20005], *vars[5001];
    for (int i = 0; i < 20000; i++)
        words[i] = "word";
    for (int i = 0; i < 5000; i++)
        asprintf(&vars[i], "V%d=%d", i, i);
    words[0] = "sh";
    words[1] = "-c";
    words[2] = "echo $# $V4999";
    IN_CHILD(execve("/bin/sh", words, vars));
}

CASE(spawn_forms)
{
    char *words[] = {"sh", "-c", "echo $0 $A; read x; echo $x; exit 3", NULL}, *vars[] = {"A=set", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t mask;
    pid_t child;
    int fd = open("input", O_RDWR | O_CREAT, 0600);
    write(fd, "text\n", 5);
    lseek(fd, 0, SEEK_SET);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, 0);
    posix_spawn_file_actions_addclose(&actions, fd);
    posix_spawnattr_init(&attributes);
    sigemptyset(&mask);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, vars);
    say_end("spawned", child);
    printf("%d\n", error);
    SAY(posix_spawnp(NULL, "true", NULL, NULL, words, environ));
    wait(NULL);
    SAY(posix_spawn(&child, "/nowhere", NULL, NULL, words, environ));
    SAY(posix_spawnp(&child, "no-such-program-anywhere", NULL, NULL, words, environ));
}

CASE(system_and_popen)
{
    char line[100] = "";
    SAY(system("echo from system; exit 4"));
    SAY(system(NULL) != 0);
    SAY(system("kill -9 $$"));
    FILE *pipe = popen("echo from popen; exit 6", "r");
    fgets(line, sizeof line, pipe);
    fputs(line, stdout);
    SAY(pclose(pipe));
    pipe = popen("cat", "w");
    fputs("to popen\n", pipe);
    SAY(pclose(pipe));
    SAY(popen("true", "x") == NULL);
}

CASE(double_fork)
{
    int fds[2];
    char c = 0;
    pipe(fds);
    if (fork() == 0) {
        if (fork() == 0) {
            usleep(20000);
            write(fds[1], "d", 1);
            _exit(0);
        }
        _exit(1);
    }
    say_end("first child", -1);
    read(fds[0], &c, 1);
    printf("%c\n", c);
}

CASE(daemon_goes_on)
{
    int fds[2];
    char text[40] = "";
    pipe(fds);
    if (fork() == 0) {
        daemon(1, 0);
        dprintf(fds[1], "%d %d", getsid(0) != getsid(getppid()), (int)write(1, "", 0));
        _exit(0);
    }
    wait(NULL);
    close(fds[1]);
    read(fds[0], text, sizeof text);
    puts(text);
}

static int cloned(void *argument)
{
    write(1, argument, 7);
    return 3;
}

/* What libc keeps for each thread is other memory here, as in a sandbox's child that calls chroot. */
static int in_no_thread(void *argument)
{
    static const char text[] = "in no thread\n";
    chdir("/");
    close(open("/etc/hostname", O_RDONLY));
    rename("/none/a", "/none/b");
    write(1, text, sizeof text - 1);
    _exit(*(int *)argument);
}

CASE(clone_without_thread)
{
    static char stack[2][65536], none[65536] __attribute__((aligned(64))),
        odd[65536] __attribute__((aligned(64)));
    int status = 7, flags = CLONE_VM | CLONE_VFORK | CLONE_SETTLS | SIGCHLD;
    memset(odd, 0x5a, sizeof odd);
    say_end("empty", clone(in_no_thread, stack[0] + 65536, flags, &status, NULL, none + 32768, NULL));
    say_end("anything", clone(in_no_thread, stack[1] + 65536, flags, &status, NULL, odd + 32768, NULL));
}

CASE(clone_forms)
{
    static char stack[3][65536] __attribute__((aligned(16)));
    say_end("like fork", clone(cloned, stack[0] + 65536, SIGCHLD, "cloned\n"));
    say_end("like vfork", clone(cloned, stack[1] + 65536, CLONE_VM | CLONE_VFORK | SIGCHLD, "cloned\n"));
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        for (int i = 0; i < 3000; i++)
            open("/nowhere", O_RDONLY);
        _exit(8);
    }
    say_end("bare", (pid_t)pid);
}

CASE(process_group_and_session)
{
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        for (;;)
            pause();
    }
    setpgid(child, child);
    SAY(killpg(child, SIGTERM));
    say_end("group", child);
    SAY(kill(child, 0));
    SAY(kill(1 << 28, SIGTERM));
    SAY(kill(getpid(), 0));
    SAY(kill(getpid(), 9999));
}

CASE(children_by_the_hundred)
{
    int sum = 0, status;
    for (int i = 0; i < 200; i++)
        if (fork() == 0)
            _exit(i % 50);
    while (wait(&status) > 0)
        sum += WEXITSTATUS(status);
    printf("%d\n", sum);
}

CASE(environment_of_children)
{
    fflush(stdout);
    system("env | cut -d= -f1 | grep -v '^VLSHIM_\\|^LD_PRELOAD$\\|^_$' | sort | tr '\\n' ' '");
    clearenv();
    system("env | grep -v '^VLSHIM_\\|^LD_PRELOAD=\\|^_='");
    IN_CHILD(execle("/usr/bin/env", "env", "-u", "LD_PRELOAD", "-u", "VLSHIM_SPOOL", "-u", "VLSHIM_STATE",
                    (char *)NULL, (char *[]){"ONLY=this", NULL}));
}

CASE(nice_and_limits_survive_exec)
{
    struct rlimit limit = {100, 100};
    setrlimit(RLIMIT_NOFILE, &limit);
    nice(3);
    IN_CHILD(execl("/bin/sh", "sh", "-c", "ulimit -n; nice", (char *)NULL));
}
