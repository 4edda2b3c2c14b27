/* Signals wait in a descriptor, so that whatever comes the terminal is given back by the same few lines. */
#include "cmd/parts/terminal.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static struct termios before;
static bool keys;        /* standard input is the terminal, too */
static int signals = -1; /* the descriptor */
static int ended_by;     /* a signal; 0: none */

static sigset_t waited_for(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (const int *s =
             (const int[]){SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH, SIGPIPE, 0};
         *s; s++)
        sigaddset(&set, *s);
    return set;
}

static void say(const char *text)
{
    ssize_t wrote = write(STDOUT_FILENO, text, strlen(text));
    (void)wrote; /* a terminal that is gone needs nothing */
}

static void show_screen(void)
{
    struct termios raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    if (keys)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    say("\033[?1049h\033[?25l");
}

void terminal_return(void)
{
    say("\033[?25h\033[?1049l");
    if (keys)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

void terminal_take(void)
{
    sigset_t set = waited_for();
    keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, SFD_CLOEXEC);
    show_screen();
}

/* Stops as everyone does on ^Z, and comes back. */
static void stop(void)
{
    sigset_t set;
    terminal_return();
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, NULL); /* here we stand still */
    sigprocmask(SIG_BLOCK, &set, NULL);
    show_screen();
}

static enum terminal_event on_signal(void)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != sizeof info)
        return TERMINAL_TIME;
    switch (info.ssi_signo) {
    case SIGWINCH:
    case SIGCONT:
        return TERMINAL_RESIZE;
    case SIGTSTP:
        stop();
        return TERMINAL_RESIZE;
    default:
        ended_by = (int)info.ssi_signo;
        return TERMINAL_QUIT;
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

enum terminal_event terminal_wait(double seconds)
{
    struct pollfd fds[] = {{signals, POLLIN, 0}, {keys ? STDIN_FILENO : -1, POLLIN, 0}};
    double until = now() + seconds;
    for (double left; (left = until - now()) > 0;) {
        if (poll(fds, 2, (int)(left * 1000) + 1) <= 0)
            continue;
        char key = 0;
        if (fds[0].revents)
            return on_signal();
        if (fds[1].revents && read(STDIN_FILENO, &key, 1) != 1)
            fds[1].fd = -1; /* the terminal is gone: a signal will say so */
        if (key == 'q')
            return TERMINAL_QUIT;
    }
    return TERMINAL_TIME;
}

void terminal_end(void)
{
    sigset_t set = waited_for();
    close(signals);
    if (!ended_by)
        return;
    signal(ended_by, SIG_DFL);
    raise(ended_by);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

struct watch_size terminal_size(void)
{
    struct winsize size = {0};
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
    return (struct watch_size){.columns = known ? size.ws_col : 80,
                               .lines = known ? size.ws_row : 24,
                               .colours = !(no && *no) && terminal && strcmp(terminal, "dumb") != 0};
}
