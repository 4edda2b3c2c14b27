/* vlagg watch: a recording while it goes on. */
#include "cmd/cmd.h"
#include "cmd/parts/options.h"
#include "cmd/parts/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static bool read_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    return *text && !*end && *seconds >= 0.1 && *seconds <= 3600;
}

static int draw(struct watcher *watcher, struct err *err)
{
    struct watch_size size = terminal_size();
    int status = watcher_look(watcher, err);
    if (!status)
        watcher_draw(watcher, stdout, &size);
    return status;
}

static int watch_screen(struct watcher *watcher, double seconds, struct err *err)
{
    int status;
    terminal_take();
    do
        status = draw(watcher, err);
    while (!status && terminal_wait(seconds) != TERMINAL_QUIT);
    terminal_return();
    if (!status)
        watcher_tell(watcher, stdout); /* what stays on the screen that was there before */
    terminal_end();
    return status;
}

/* Until all that was recorded has ended, or nobody reads any more. */
static int watch_lines(struct watcher *watcher, double seconds, struct err *err)
{
    struct timespec pause = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    int status;
    while (!(status = watcher_look(watcher, err))) {
        watcher_tell(watcher, stdout);
        if (watcher_over(watcher) || ferror(stdout))
            break;
        nanosleep(&pause, NULL);
    }
    return status;
}

int cmd_watch(int argc, char **argv)
{
    struct err err = {0};
    double seconds = 1;
    const char *interval = NULL;
    int first = OPTIONS_READ(argc, argv, {.name = "interval", .text = &interval, .letter = 'n'});
    if (first < 0)
        return -first;
    if (interval && !read_seconds(interval, &seconds))
        return cmd_usage(argv[0], "-n takes seconds from 0.1 to 3600, not '%s'", interval);
    if (first == argc)
        return cmd_usage(argv[0], "name the spool folder; it need not be there yet");
    struct watcher *watcher = watcher_new(argv + first, argc - first);
    int status =
        isatty(STDOUT_FILENO) ? watch_screen(watcher, seconds, &err) : watch_lines(watcher, seconds, &err);
    watcher_free(watcher);
    return status ? cmd_fail(&err) : cmd_finish_output();
}
