/* Loops that are timed with and without the shim. Prints nanoseconds a turn of the loop.
 *   load write|read|pread|fwrite|putc|getc|fprintf TURNS
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

static FILE *stream_or_die(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void loop_fwrite(long turns)
{
    FILE *f = stream_or_die("/dev/null", "w");
    for (long i = 0; i < turns; i++)
        if (fwrite(buffer, 16, 1, f) != 1)
            abort();
    fclose(f);
}

static void loop_putc(long turns)
{
    FILE *f = stream_or_die("/dev/null", "w");
    for (long i = 0; i < turns; i++)
        if (putc('x', f) == EOF)
            abort();
    fclose(f);
}

static void loop_getc(long turns)
{
    FILE *f = stream_or_die("/dev/zero", "r");
    for (long i = 0; i < turns; i++)
        if (getc(f) == EOF)
            abort();
    fclose(f);
}

static void loop_fprintf(long turns)
{
    FILE *f = stream_or_die("/dev/null", "w");
    for (long i = 0; i < turns; i++)
        if (fprintf(f, "%ld is a number\n", i) < 0)
            abort();
    fclose(f);
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

static const struct {
    const char *name;
    void (*run)(long turns);
} loops[] = {
    {"write", loop_write}, {"read", loop_read}, {"pread", loop_pread},     {"fwrite", loop_fwrite},
    {"putc", loop_putc},   {"getc", loop_getc}, {"fprintf", loop_fprintf},
};

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: load LOOP TURNS [NAME=VALUE...]\n");
        return 2;
    }
    long turns = atol(argv[2]);
    double start = now_ns();
    if (strcmp(argv[1], "spawn") == 0)
        loop_spawn(turns, argv + 3);
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        if (strcmp(argv[1], loops[i].name) == 0)
            loops[i].run(turns);
    printf("%.3f\n", (now_ns() - start) / (double)turns);
    return 0;
}
