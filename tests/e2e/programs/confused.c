/* A program in which the recorder meets what it cannot understand: confused WHAT. It goes on as if nothing
 * were. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int null;

static void works(int n)
{
    for (int i = 0; i < n; i++)
        if (write(null, "x", 1) != 1)
            _exit(5);
    for (int i = 0; i < 20; i++)
        close(open("/etc/passwd", O_RDONLY));
}

static int is(const char *word, const char *other) { return strcmp(word, other) == 0; }

/* Every mapped chunk of events: 4 is its kind's place in the header, 1 the kind. */
static void each_chunk(void (*change)(uint8_t *chunk, size_t bytes))
{
    char line[512];
    unsigned long start, end;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, ".vls") && sscanf(line, "%lx-%lx", &start, &end) == 2 && ((uint8_t *)start)[5] == 1)
            change((uint8_t *)start, end - start);
    if (maps)
        fclose(maps);
}

/* The last two thirds are taken for written. */
static void scribble(uint8_t *chunk, size_t bytes) { memset(chunk + bytes / 3, 0x41, bytes - bytes / 3); }

/* Another process's number, as if the file had been cut and its place given away. */
static void give_away(uint8_t *chunk, size_t bytes)
{
    (void)bytes;
    memset(chunk + 40, 0x7f, 4);
}

static int other(void *unused)
{
    (void)unused;
    works(20000);
    return 7;
}

static void shares_memory(void)
{
    static char stack[256 << 10] __attribute__((aligned(16)));
    int status;
    pid_t pid = clone(other, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
    if (waitpid(pid, &status, 0) != pid || status != 7 << 8)
        _exit(6);
}

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    null = open("/dev/null", O_WRONLY);
    works(100);
    if (is(what, "scribbled"))
        each_chunk(scribble);
    else if (is(what, "given_away"))
        each_chunk(give_away);
    else if (is(what, "shared"))
        shares_memory();
    works(5000);
    printf("%d\n", system("true; exit 3") >> 8);
    struct sigaction action;
    sigaction(SIGSEGV, NULL, &action);
    sigaction(SIGBUS, NULL, &action);
    printf("%d done\n", action.sa_handler == SIG_DFL);
    return 4;
}
