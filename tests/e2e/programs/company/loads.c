/* loads HOW LIBRARY: loads a library in one of several ways, and uses it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int works(const char *library, int flags, int round)
{
    void *handle = dlopen(library, flags);
    if (!handle) {
        puts(dlerror());
        return -1;
    }
    int (*work)(int) = (int (*)(int))dlsym(handle, "plugin_work");
    int n = work ? work(round) : -2;
    dlclose(handle);
    return n;
}

/* A TLS library comes and goes. */
static int comes_and_goes(const char *library)
{
    int ready = 0;
    for (int i = 0; i < 60; i++) {
        void *handle = dlopen(library, RTLD_NOW);
        const void *(*method)(void) =
            handle ? (const void *(*)(void))dlsym(handle, "TLS_client_method") : NULL;
        void *(*make)(const void *) = handle ? (void *(*)(const void *))dlsym(handle, "SSL_CTX_new") : NULL;
        void (*free_it)(void *) = handle ? (void (*)(void *))dlsym(handle, "SSL_CTX_free") : NULL;
        void *context = make ? make(method()) : NULL;
        if (context)
            free_it(context);
        ready += context != NULL;
        if (handle)
            dlclose(handle);
    }
    return ready;
}

int main(int count, char **words)
{
    if (count < 3)
        return 2;
    if (strcmp(words[1], "deepbind") == 0)
        for (int i = 0; i < 20; i++)
            printf("%d\n", works(words[2], RTLD_NOW | RTLD_DEEPBIND, i));
    else if (strcmp(words[1], "loop") == 0)
        for (int i = 0; i < 100; i++)
            printf("%d\n", works(words[2], i % 2 ? RTLD_NOW : RTLD_LAZY | RTLD_GLOBAL, i));
    else if (strcmp(words[1], "namespace") == 0) {
        void *handle = dlmopen(LM_ID_NEWLM, words[2], RTLD_NOW);
        int (*work)(int) = handle ? (int (*)(int))dlsym(handle, "plugin_work") : NULL;
        printf("%d\n", work ? work(1) : -1);
    } else
        printf("%d\n", comes_and_goes(words[2]));
    return 0;
}
