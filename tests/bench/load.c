/* Loops that are timed with and without the shim. Prints nanoseconds a turn of the loop.
 *   load write|read|pread TURNS
 *   load spawn TURNS [NAME=VALUE...]   posix_spawn of /bin/true with that environment */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[4096];

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int open_or_die(const char *path, int flags)
{
    int fd = open(path, flags);
    if (fd < 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

static void loop_write(long turns)
{
    int fd = open_or_die("/dev/null", O_WRONLY);
    for (long i = 0; i < turns; i++)
        if (write(fd, buffer, 64) != 64)
            abort();
}

static void loop_read(long turns)
{
    int fd = open_or_die("/dev/zero", O_RDONLY);
    for (long i = 0; i < turns; i++)
        if (read(fd, buffer, 1) != 1)
            abort();
}

static void loop_pread(long turns)
{
    int fd = open_or_die("/proc/self/exe", O_RDONLY);
    for (long i = 0; i < turns; i++)
        if (pread(fd, buffer, sizeof buffer, 4096) != (ssize_t)sizeof buffer)
            abort();
}

static void loop_spawn(long turns, char **environment)
{
    char *argv[] = {"/bin/true", NULL};
    for (long i = 0; i < turns; i++) {
        pid_t pid;
        int status;
        if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environment) != 0 ||
            waitpid(pid, &status, 0) != pid || status != 0)
            abort();
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: load write|read|pread|spawn TURNS [NAME=VALUE...]\n");
        return 2;
    }
    long turns = atol(argv[2]);
    double start = now_ns();
    if (strcmp(argv[1], "write") == 0)
        loop_write(turns);
    else if (strcmp(argv[1], "read") == 0)
        loop_read(turns);
    else if (strcmp(argv[1], "pread") == 0)
        loop_pread(turns);
    else
        loop_spawn(turns, argv + 3);
    printf("%.3f\n", (now_ns() - start) / (double)turns);
    return 0;
}
