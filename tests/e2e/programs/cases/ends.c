/* How a process ends, and what still happens then. */
#include "case.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define END(name, what)                                                                                      \
    CASE(name)                                                                                               \
    {                                                                                                        \
        struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};                                                \
        setrlimit(RLIMIT_CORE, &limit);                                                                      \
        pid_t pid = fork();                                                                                  \
        if (pid == 0) {                                                                                      \
            what;                                                                                            \
        }                                                                                                    \
        say_end(#name, pid);                                                                                 \
    }

static void say_first(void) { puts("registered first"); }
static void say_second(void) { puts("registered second"); }
static void say_status(int status, void *argument) { printf("on_exit %d %s\n", status, (char *)argument); }
static void write_raw(void) { write(1, "written at exit\n", 16); }

static void register_all(void)
{
    atexit(say_first);
    atexit(say_second);
    atexit(write_raw);
    on_exit(say_status, "argument");
    at_quick_exit(write_raw);
    printf("buffered ");
}

static void *leave(void *how)
{
    if (how)
        exit(12);
    pthread_exit(NULL);
}

static void in_thread(void *how)
{
    pthread_t t;
    pthread_create(&t, NULL, leave, how);
    pthread_join(t, NULL);
}

static void overflow(volatile char *before)
{
    volatile char here[4096];
    here[0] = before ? before[0] : 1;
    overflow(here);
    here[1] = 2;
}

END(ends_by_exit, register_all(); exit(3))
END(ends_by__exit, register_all(); _exit(4))
END(ends_by__Exit, register_all(); _Exit(4))
END(ends_by_quick_exit, register_all(); quick_exit(5))
END(ends_by_exit_group, register_all(); syscall(SYS_exit_group, 6))
END(ends_by_a_large_status, exit(-1))
END(ends_by_abort, register_all(); abort())
END(ends_by_exit_in_a_thread, register_all(); in_thread("exit"))
END(ends_by_the_last_threads_end, register_all(); in_thread(NULL); pthread_exit(NULL))
END(ends_by_null, *(volatile int *)0 = 1)
END(ends_by_division, volatile int zero = 0; exit(1 / zero))
END(ends_by_illegal_instruction, __builtin_trap())
END(ends_by_stack_overflow, overflow(NULL))
END(ends_by_sigterm, raise(SIGTERM))
END(ends_by_sigkill, kill(getpid(), SIGKILL))
END(ends_by_sigsegv_sent, kill(getpid(), SIGSEGV))
END(ends_by_sigbus_sent, raise(SIGBUS))
END(ends_by_sigquit, raise(SIGQUIT))
END(ends_by_sigpipe, raise(SIGPIPE))
END(ends_by_sigusr1, raise(SIGUSR1))
END(ends_by_alarm, alarm(1); pause())

CASE(returns_from_main) { register_all(); }

CASE(exit_handlers_may_fork)
{
    if (fork() == 0) {
        atexit(say_first);
        pid_t below = fork();
        if (below > 0)
            say_end("below", below);
        exit(below == 0 ? 1 : 2);
    }
    say_end("child", -1);
}

CASE(buffers_are_flushed_once)
{
    printf("in the buffer ");
    if (fork() == 0)
        exit(0);
    wait(NULL);
    printf("and the parent's\n");
}
