/* Cases of stdio that a table cannot hold: stdio_cases CASE [FOLDER] */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

static char block[20000];

/* ---- text: everything that reaches descriptor 1 ---- */

static void speak(void)
{
    for (int i = 0; i < 400; i++) {
        printf("%d: %s %.*s|", i, "some text", i % 90, block);
        if (i % 7 == 0)
            puts("a line");
        if (i % 11 == 0)
            putchar('\n');
        if (i % 13 == 0)
            fwrite(block, 1, (size_t)i, stdout);
        if (i % 50 == 0)
            fputs("to the end\n", stdout);
        if (i % 100 == 99)
            printf("%s%d\n", block, i);
        errno = i % 30;
        printf("%m;");
        putchar_unlocked('u');
    }
    fflush(stdout);
    printf("%9000d\n", 1);
    printf("what waits at exit");
}

/* ---- messages: all that libc says on descriptor 2 ---- */

static void complain(int argc, char **argv)
{
    (void)argc;
    errno = ENOENT;
    perror("a file");
    errno = EACCES;
    perror(NULL);
    errno = ENOSPC;
    warn("%s number %d", "disk", 7);
    warnx("without an error, %s", block + sizeof block - 2000);
    errno = EIO;
    warn(NULL);
    error(0, EPERM, "may not %s", "do it");
    error(0, 0, "%s", block + sizeof block - 3000);
    error_at_line(0, ENOENT, "file.c", 12, "at a line");
    psignal(SIGSEGV, "signal");
    fprintf(stderr, "%s: %s\n", argv[0], "plain");
    fputs("fputs\n", stderr);
    putc('c', stderr);
    putc('\n', stderr);
    fwrite("fwrite\n", 1, 7, stderr);
    fprintf(stderr, "%s\n", block + sizeof block - 7000);
    dprintf(2, "%d by dprintf\n", 5);
    errno = EBUSY;
    err(3, "the %s", "end");
}

/* ---- failures ---- */

static void write_all_ways(const char *path)
{
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 3; i++) {
        fwrite(block, 1, 3000, f);
        fprintf(f, "%s", block + sizeof block - 3000);
        fputs("text", f);
        putc('x', f);
        fflush(f);
        fwrite(block, 1, 9000, f);
    }
    fclose(f);
    f = fopen(path, "a");
    setvbuf(f, NULL, _IOLBF, 0);
    fwrite("line\n", 1, 5, f);
    fputs("line\n", f);
    fprintf(f, "line\n");
    fputs("rest", f);
    printf("%d %d\n", fclose(f), errno);
    f = fopen(path, "a");
    fputws(L"wide \u00e9 text", f);
    printf("%d %d\n", fclose(f), errno);
}

static void no_space(const char *folder)
{
    char path[4096];
    struct rlimit limit = {10001, 10001};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    snprintf(path, sizeof path, "%s/limited", folder);
    write_all_ways(path);
    write_all_ways("/dev/full");
}

/* ---- ends ---- */

static FILE *waiting_stream(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/waits", folder);
    FILE *f = fopen(path, "w");
    fwrite(block, 1, 5000, f);
    return f;
}

/* ---- threads ---- */

static FILE *shared;

static void *write_shared(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3000; i++) {
        fprintf(shared, "line %d\n", i);
        fputs("more text\n", shared);
        putc('c', shared);
        fwrite("0123456789", 2, 5, shared);
    }
    return NULL;
}

static void *read_shared(void *unused)
{
    char line[100];
    (void)unused;
    while (fgets(line, sizeof line, shared))
        getc(shared);
    return NULL;
}

static void by_threads(const char *folder)
{
    char path[4096];
    pthread_t threads[4];
    snprintf(path, sizeof path, "%s/shared", folder);
    for (int reads = 0; reads < 2; reads++) {
        shared = fopen(path, reads ? "r" : "w");
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, reads ? read_shared : write_shared, NULL);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        fclose(shared);
    }
}

static void *read_for_ever(void *f)
{
    char line[100];
    fgets(line, sizeof line, f);
    return NULL;
}

/* A thread that is cancelled while it reads gives the stream's lock back. */
static void cancelled(void)
{
    int ends[2];
    pthread_t thread;
    void *result;
    if (pipe(ends) != 0)
        abort();
    FILE *f = fdopen(ends[0], "r");
    pthread_create(&thread, NULL, read_for_ever, f);
    usleep(50000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled %d, lock %d, place %ld", result == PTHREAD_CANCELED, ftrylockfile(f), ftell(f));
    printf(" %d\n", errno);
}

/* A place asked for after a jump out of a call. */
#include <setjmp.h>
static jmp_buf back;
static void jump(int number)
{
    (void)number;
    longjmp(back, 1);
}

static void jumped(void)
{
    int ends[2], word = 0;
    if (pipe(ends) != 0)
        abort();
    FILE *f = fdopen(ends[0], "r");
    signal(SIGALRM, jump);
    if (setjmp(back) == 0) {
        ualarm(50000, 0);
        if (fscanf(f, "%d", &word) > 0)
            abort();
    }
    printf("place %ld %d\n", ftell(f), errno);
}

/* ---- forks ---- */

static void forked(const char *folder)
{
    FILE *f = waiting_stream(folder);
    fflush(stdout);
    if (fork() == 0) {
        fputs("child", f);
        exit(0);
    }
    wait(NULL);
    fputs("parent", f);
}

int main(int argc, char **argv)
{
    const char *which = argc > 1 ? argv[1] : "", *folder = argc > 2 ? argv[2] : ".";
    memset(block, 'b', sizeof block - 1);
    setlocale(LC_CTYPE, "C.UTF-8");
    if (strcmp(which, "speak") == 0) {
        if (argc > 2)
            setvbuf(stdout, NULL, *argv[2] == 'l' ? _IOLBF : *argv[2] == 'n' ? _IONBF : _IOFBF, 0);
        speak();
    } else if (strcmp(which, "complain") == 0) {
        complain(argc, argv);
    } else if (strcmp(which, "options") == 0) {
        printf("%c\n", getopt(argc, argv, "ab:"));
    } else if (strcmp(which, "full") == 0) {
        no_space(folder);
    } else if (strcmp(which, "exit") == 0) {
        waiting_stream(folder);
    } else if (strcmp(which, "_exit") == 0) {
        waiting_stream(folder);
        _exit(0);
    } else if (strcmp(which, "kill") == 0) {
        waiting_stream(folder);
        raise(SIGKILL);
    } else if (strcmp(which, "threads") == 0) {
        by_threads(folder);
    } else if (strcmp(which, "cancel") == 0) {
        cancelled();
    } else if (strcmp(which, "jump") == 0) {
        jumped();
    } else if (strcmp(which, "fork") == 0) {
        forked(folder);
    } else if (strcmp(which, "ask") == 0) {
        char answer[100];
        printf("question? ");
        if (fgets(answer, sizeof answer, stdin))
            printf("you said %s", answer);
    } else {
        return 2;
    }
    return 0;
}
