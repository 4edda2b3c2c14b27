/* sanitized WHAT: work of threads, files and children, and then a mistake that a sanitizer reports. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int shared;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *works(void *name_part)
{
    char name[32];
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "file%s%d", (const char *)name_part, i % 5);
        FILE *f = fopen(name, "a");
        fprintf(f, "%d\n", i);
        fclose(f);
        pthread_mutex_lock(&lock);
        shared++;
        pthread_mutex_unlock(&lock);
    }
    return name_part;
}

static void *races(void *unused)
{
    shared++;
    return unused;
}

static void in_threads(void *(*what)(void *))
{
    static char *parts[] = {"a", "b", "c", "d"};
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, what, parts[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    volatile int index = 10, large = INT_MAX;
    char *block = malloc(10);
    in_threads(works);
    if (system("cat filea0 | wc -l; exit 4") >> 8 != 4)
        return 5;
    pid_t child = fork();
    if (child == 0)
        _exit(7);
    int status;
    waitpid(child, &status, 0);
    printf("%d %d\n", shared, status >> 8);
    fflush(stdout);
    if (strcmp(what, "overflow") == 0)
        block[index] = 1;
    else if (strcmp(what, "race") == 0)
        in_threads(races);
    else if (strcmp(what, "undefined") == 0)
        printf("%d\n", large + 1);
    else if (strcmp(what, "fault") == 0)
        *(volatile int *)(size_t)(large - INT_MAX) = 1;
    free(block);
    return 0;
}
