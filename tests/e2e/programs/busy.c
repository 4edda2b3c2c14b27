/* Works on many files at once from several processes and threads, until it is killed, and counts in a shared
 * page every call that has returned: busy COUNTERS PROCESSES [mix]. Worker n of COUNTERS writes to file-<n>.
 * One slot a worker: calls of write, read, rounds of open, rename, unlink, and children and threads that came
 * back. mix: children that execute a program, too, and threads that come and go. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 2
struct slot {
    _Atomic uint64_t writes, reads, opens, renames, unlinks, reaps, spawns, threads;
};
static struct slot *slots;
static bool mix;
extern char **environ;

static void run_child(struct slot *mine)
{
    pid_t child = fork();
    if (child == 0)
        _exit(7);
    if (child > 0 && waitpid(child, NULL, 0) == child)
        mine->reaps++;
}

static void run_program(struct slot *mine)
{
    char *words[] = {"true", NULL};
    pid_t child;
    if (posix_spawnp(&child, words[0], NULL, NULL, words, environ) != 0)
        return;
    mine->spawns++;
    if (waitpid(child, NULL, 0) == child)
        mine->reaps++;
}

static void *write_once(void *file) { return (void *)(intptr_t)write((int)(intptr_t)file, "x", 1); }

static void run_thread(struct slot *mine, int file)
{
    pthread_t thread;
    void *wrote = NULL;
    if (pthread_create(&thread, NULL, write_once, (void *)(intptr_t)file) == 0 &&
        pthread_join(thread, &wrote) == 0 && wrote)
        mine->threads++;
}

static void *work(void *number)
{
    unsigned worker = (unsigned)(uintptr_t)number;
    struct slot *mine = &slots[worker];
    char path[64], text[512] = {0}, old_name[64], new_name[64];
    snprintf(path, sizeof path, "file-%u", worker);
    snprintf(old_name, sizeof old_name, "short-%u", worker);
    snprintf(new_name, sizeof new_name, "short-%u-done", worker);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), zero = open("/dev/zero", O_RDONLY);
    snprintf(path, sizeof path, "threads-%u", worker);
    int shared = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (uint64_t round = 0;; round++) {
        if (write(file, text, 1 + round % sizeof text) > 0)
            mine->writes++;
        if (read(zero, text, sizeof text) > 0)
            mine->reads++;
        if (round % 16 == 0) {
            int other = open(old_name, O_WRONLY | O_CREAT | O_EXCL, 0600);
            mine->opens += other >= 0;
            close(other);
            mine->renames += rename(old_name, new_name) == 0;
            mine->unlinks += unlink(new_name) == 0;
        }
        if (round % 512 == 0)
            run_child(mine);
        if (mix && round % 512 == 128)
            run_program(mine);
        if (mix && round % 64 == 32)
            run_thread(mine, shared);
        for (volatile int pause = 0; pause < 4000; pause++)
            ;
    }
    return NULL;
}

int main(int count, char **words)
{
    unsigned processes = count > 2 ? (unsigned)atoi(words[2]) : 2;
    int file = open(words[1], O_RDWR | O_CREAT, 0600);
    mix = count > 3;
    if (count < 3 || ftruncate(file, 4096))
        return 2;
    slots = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    for (unsigned process = 0; process < processes; process++) {
        if (fork() != 0)
            continue;
        pthread_t thread;
        pthread_create(&thread, NULL, work, (void *)(uintptr_t)(process * THREADS));
        work((void *)(uintptr_t)(process * THREADS + 1));
    }
    for (;;)
        pause();
}
