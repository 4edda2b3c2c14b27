/* The bar is drawn again ten times a second at the most, over itself. */
#include "cmd/parts/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 500
#define AGAIN_MS 100
#define CELLS    40u

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void show(struct read_listener *listener, uint64_t done, uint64_t all)
{
    progress_show((struct progress *)listener, done, all);
}

void progress_begin(struct progress *progress, const char *doing)
{
    *progress = (struct progress){.listener.progress = show, .doing = doing, .begun_ms = now_ms()};
    progress->terminal = isatty(STDERR_FILENO);
}

void progress_show(struct progress *progress, uint64_t done, uint64_t all)
{
    static const char full[CELLS + 1] = "########################################";
    if (!progress->terminal || all == 0)
        return;
    int64_t now = now_ms();
    if (now - progress->begun_ms < QUIET_MS || now - progress->drawn_ms < AGAIN_MS)
        return;
    unsigned cells = done >= all ? CELLS : (unsigned)((double)done / (double)all * CELLS);
    fprintf(stderr, "\r%s [%-*.*s] %3u %%", progress->doing, (int)CELLS, (int)cells, full,
            done >= all ? 100 : (unsigned)((double)done / (double)all * 100));
    fflush(stderr);
    progress->drawn = true;
    progress->drawn_ms = now;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}
