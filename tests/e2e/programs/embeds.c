/* A program that has a Python within: embeds LIBRARY ROUNDS [thread] SCRIPT...
 * Each round begins an interpreter, runs every script in it and in one of its own beside it, and ends them
 * all; thread: each round in a thread of its own. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *library;
static char **scripts;

static void *named(const char *name)
{
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "no %s\n", name);
        exit(99);
    }
    return found;
}

static void run_all(void)
{
    int (*run_file)(FILE *, const char *, int, void *) = named("PyRun_SimpleFileExFlags");
    for (char **script = scripts; *script; script++) {
        FILE *file = fopen(*script, "rb");
        if (!file || run_file(file, *script, 1, NULL) != 0)
            printf("failed: %s\n", strrchr(*script, '/'));
    }
}

static void *play_round(void *number)
{
    void (*begin)(int) = named("Py_InitializeEx");
    void *(*begin_another)(void) = named("Py_NewInterpreter"),
         *(*change)(void *) = named("PyThreadState_Swap");
    void (*end_another)(void *) = named("Py_EndInterpreter");
    int (*end)(void) = named("Py_FinalizeEx");
    begin(1);
    run_all();
    void *first = change(NULL), *another;
    change(first);
    another = begin_another();
    run_all();
    end_another(another);
    change(first);
    int status = end();
    printf("round %d ends with %d\n", *(int *)number, status);
    fflush(stdout);
    return NULL;
}

int main(int count, char **words)
{
    if (count < 4 || !(library = dlopen(words[1], RTLD_NOW | RTLD_GLOBAL))) {
        fprintf(stderr, "%s\n", count < 4 ? "LIBRARY ROUNDS [thread] SCRIPT..." : dlerror());
        return 2;
    }
    int threads = strcmp(words[3], "thread") == 0;
    scripts = words + 3 + threads;
    for (int i = 0; i < atoi(words[2]); i++) {
        pthread_t thread;
        if (!threads)
            play_round(&i);
        else if (pthread_create(&thread, NULL, play_round, &i) != 0 || pthread_join(thread, NULL) != 0)
            return 3;
    }
    return 0;
}
