/* Functions that libc has in several versions: versions HOW FUNCTION VERSION
 *   bound    as a program that was linked with that version (or with the newest: new)
 *   dlvsym   asked for by name and version
 *   dlsym    asked for by name alone
 * posix_spawn and posix_spawnp begin ./script, which is no program; quick_exit ends with 7, and says whether
 * the thread's own destructors ran; pthread_kill asks for a thread that has ended. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
extern int __cxa_thread_atexit_impl(void (*work)(void *), void *argument, void *object);
extern void *__dso_handle;

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *,
                           const posix_spawnattr_t *, char *const *, char *const *);

#if defined(__x86_64__)
#define OLD_SPAWN "GLIBC_2.2.5"
#define OLD_QUICK "GLIBC_2.10"
#else
#define OLD_SPAWN "GLIBC_2.17"
#define OLD_QUICK "GLIBC_2.17"
#endif

spawn_function old_posix_spawn, old_posix_spawnp;
int old_pthread_kill(pthread_t thread, int number);
void old_quick_exit(int status) __attribute__((noreturn));
__asm__(".symver old_posix_spawn,posix_spawn@" OLD_SPAWN);
__asm__(".symver old_posix_spawnp,posix_spawnp@" OLD_SPAWN);
__asm__(".symver old_pthread_kill,pthread_kill@" OLD_SPAWN);
__asm__(".symver old_quick_exit,quick_exit@" OLD_QUICK);

static void *bound(const char *name, int old)
{
    if (strcmp(name, "posix_spawn") == 0)
        return old ? (void *)old_posix_spawn : (void *)posix_spawn;
    if (strcmp(name, "posix_spawnp") == 0)
        return old ? (void *)old_posix_spawnp : (void *)posix_spawnp;
    if (strcmp(name, "pthread_kill") == 0)
        return old ? (void *)old_pthread_kill : (void *)pthread_kill;
    return old ? (void *)old_quick_exit : (void *)quick_exit;
}

static void *found(const char *how, const char *name, const char *version)
{
    if (strcmp(how, "bound") == 0)
        return bound(name, strcmp(version, "new") != 0);
    return strcmp(how, "dlsym") == 0 ? dlsym(RTLD_DEFAULT, name) : dlvsym(RTLD_DEFAULT, name, version);
}

static void destructor(void *unused)
{
    (void)unused;
    if (write(1, "destructor\n", 11) != 11)
        _exit(99);
}

static int spawn(spawn_function *call)
{
    char *words[] = {"script", "word", NULL};
    pid_t child = 0;
    int status = -1, error = call(&child, "./script", NULL, NULL, words, environ);
    if (error == 0)
        waitpid(child, &status, 0);
    printf("%s, status %x\n", strerror(error), status);
    return 0;
}

static _Atomic int gone;

static void *end(void *thread)
{
    (void)thread;
    gone = 1;
    return NULL;
}

static int ask(int (*call)(pthread_t, int))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, end, NULL) != 0)
        return 96;
    while (!gone)
        ;
    usleep(100000); /* not joined, so that its handle is still good */
    printf("%s\n", strerror(call(thread, 0)));
    return pthread_join(thread, NULL);
}

int main(int count, char **words)
{
    void *function = count == 4 ? found(words[1], words[2], words[3]) : NULL;
    if (!function)
        return 98;
    if (strcmp(words[2], "pthread_kill") == 0)
        return ask((int (*)(pthread_t, int))function);
    if (strcmp(words[2], "quick_exit") != 0)
        return spawn((spawn_function *)function);
    __cxa_thread_atexit_impl(destructor, NULL, &__dso_handle);
    ((void (*)(int))function)(7);
    return 97;
}
