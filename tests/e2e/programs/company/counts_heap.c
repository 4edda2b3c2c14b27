/* A heap that says, at the end, whether a library of the recorder's has asked it for memory: in the file
 * HEAP_USERS, by name. Those calls are told by where they return to. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALLERS 65536

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static uintptr_t callers[CALLERS];

static void note(void *from)
{
    uintptr_t caller = (uintptr_t)from;
    for (uintptr_t at = caller % CALLERS;; at = (at + 1) % CALLERS) {
        uintptr_t none = 0;
        if (__atomic_compare_exchange_n(&callers[at], &none, caller, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
            none == caller)
            return;
    }
}

void *malloc(size_t n)
{
    note(__builtin_return_address(0));
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    note(__builtin_return_address(0));
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    note(__builtin_return_address(0));
    return __libc_realloc(p, n);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("HEAP_USERS");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    unsigned known = 0;
    for (unsigned i = 0; i < CALLERS && file >= 0; i++) {
        Dl_info of;
        if (!callers[i] || !dladdr((void *)callers[i], &of) || !of.dli_fname)
            continue;
        known++;
        if (strstr(of.dli_fname, "libvl"))
            dprintf(file, "%s\n", of.dli_fname);
    }
    if (file >= 0 && known > 10)
        dprintf(file, "told\n");
}
