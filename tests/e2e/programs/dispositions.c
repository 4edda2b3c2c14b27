/* Sets and asks for signal handlers in every combination, and prints the answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

extern void (*sysv_signal(int, void (*)(int)))(int);
extern void (*ssignal(int, void (*)(int)))(int);
extern int __sigaction(int, const struct sigaction *, struct sigaction *);

static void first(int number) { (void)number; }
static void second(int number) { (void)number; }

static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGUSR1};

static const char *name_of(void (*handler)(int))
{
    if (handler == SIG_DFL)
        return "default";
    if (handler == SIG_IGN)
        return "ignore";
    if (handler == SIG_ERR)
        return "error";
    if (handler == SIG_HOLD)
        return "hold";
    return handler == first ? "first" : handler == second ? "second" : "unknown";
}

static void print(const char *what, int number, int result, const struct sigaction *a)
{
    printf("%s %d: %d %s flags %x restorer %d mask", what, number, result, name_of(a->sa_handler),
           a->sa_flags, a->sa_restorer != NULL);
    for (int i = 1; i < 65; i++)
        if (sigismember(&a->sa_mask, i))
            printf(" %d", i);
    printf("\n");
}

static void ask(const char *what, int number)
{
    struct sigaction now;
    memset(&now, 0, sizeof now);
    int result = sigaction(number, NULL, &now);
    print(what, number, result, &now);
}

static void set_all_flags(int number)
{
    static const int flags[] = {
        0,          SA_SIGINFO,   SA_ONSTACK, SA_NODEFER,   (int)SA_RESETHAND,
        SA_RESTART, SA_NOCLDWAIT, 0x00000400, SA_NOCLDSTOP, SA_SIGINFO | SA_NODEFER | SA_RESTART};
    void (*const handlers[])(int) = {first, SIG_DFL, second, SIG_IGN};
    for (unsigned f = 0; f < sizeof flags / sizeof *flags; f++) {
        for (unsigned h = 0; h < 4; h++) {
            struct sigaction action = {.sa_handler = handlers[h], .sa_flags = flags[f]}, old = action;
            sigaddset(&action.sa_mask, SIGKILL);
            sigaddset(&action.sa_mask, SIGINT + (int)h);
            int result = h & 1 ? sigaction(number, &action, &old) : __sigaction(number, &action, &old);
            print("sigaction", number, result, &old);
            ask("now", number);
        }
    }
}

typedef void (*handler)(int);
typedef handler setter(int, handler);

static void set_by_name(int number)
{
    static setter *const setters[] = {signal, ssignal, sysv_signal, sigset};
    const handler handlers[] = {first, second, SIG_IGN, SIG_DFL, first, SIG_HOLD, second, SIG_ERR, SIG_DFL};
    for (unsigned s = 0; s < sizeof setters / sizeof *setters; s++) {
        for (unsigned h = 0; h < sizeof handlers / sizeof *handlers; h++) {
            if (handlers[h] == SIG_HOLD && setters[s] != sigset)
                continue;
            errno = 0;
            handler before = setters[s](number, handlers[h]);
            printf("setter %u %u: %s %d\n", s, h, name_of(before), errno);
            ask("now", number);
        }
    }
}

static void change(int number)
{
    signal(number, first);
    printf("siginterrupt %d\n", siginterrupt(number, 1));
    ask("now", number);
    printf("siginterrupt %d\n", siginterrupt(number, 0));
    ask("now", number);
    printf("sigignore %d\n", sigignore(number));
    ask("now", number);
    struct sigaction once = {.sa_handler = first, .sa_flags = (int)SA_RESETHAND | SA_SIGINFO | SA_NODEFER};
    sigaction(number, &once, NULL);
    raise(number);
    ask("after it came once", number);
}

int main(void)
{
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        ask("at start", numbers[i]);
        set_all_flags(numbers[i]);
        set_by_name(numbers[i]);
        change(numbers[i]);
    }
    struct sigaction action = {.sa_handler = first};
    printf("bad: %d %d %d\n", sigaction(0, &action, NULL), sigaction(SIGKILL, &action, NULL),
           sigaction(99, NULL, &action));
    return 0;
}
