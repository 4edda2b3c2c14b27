/* What gets the number of a closed descriptor is no output. closed WAY NUMBER [close]: writes what is in the
 * file `words` to a thing of that kind at that number, which was closed when the program began, or is closed
 * by it; then "printed again" to what was there before. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int wanted;

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0 || write(fd, "\n", 1) < 0)
        exit(9);
}

/* Each takes the lowest number that is free. */
static int by_file(void) { return open("data", O_WRONLY | O_CREAT | O_APPEND, 0600); }
static int by_creat(void) { return creat("data", 0600); }
static int by_stream(void) { return fileno(fopen("data", "w")); }
static int by_call(void) { return (int)syscall(SYS_openat, AT_FDCWD, "data", O_WRONLY | O_CREAT, 0600); }

static int by_temp(void)
{
    char name[] = "dataXXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    return fd;
}

static int by_dup(void)
{
    int fd = open("data", O_WRONLY | O_CREAT, 0600), high = fcntl(fd, F_DUPFD, 100);
    close(fd);
    return dup(high);
}

static int by_pipe(void)
{
    int ends[2];
    close(wanted - 1); /* the end that is read takes the lower number */
    return pipe(ends) == 0 ? ends[1] : -1;
}

/* Opened within libc, as nobody sees. */
static int by_shm(void)
{
    char name[32];
    snprintf(name, sizeof name, "/closed-%d", (int)getpid());
    int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    shm_unlink(name);
    return fd;
}

static int by_sockets(void)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 ? ends[0] : -1;
}

static const struct {
    const char *name;
    int (*make)(void);
} ways[] = {{"file", by_file}, {"creat", by_creat},     {"stream", by_stream},
            {"call", by_call}, {"temp", by_temp},       {"dup", by_dup},
            {"shm", by_shm},   {"sockets", by_sockets}, {"pipe", by_pipe}};

int main(int argc, char **argv)
{
    int number = -1;
    if (argc < 3)
        return 2;
    wanted = atoi(argv[2]);
    const char *words = getenv("WORDS");
    int kept = fcntl(wanted, F_DUPFD, 50);
    if (argc > 3)
        close(wanted);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, argv[1]) == 0)
            number = ways[i].make();
    if (number != wanted)
        return 3;
    say(number, words);
    if (fork() == 0) { /* its table is a copy */
        say(number, words);
        _exit(0);
    }
    wait(NULL);
    if (kept >= 0) {
        dup2(kept, wanted);
        say(wanted, "printed again");
    }
    return 1;
}
