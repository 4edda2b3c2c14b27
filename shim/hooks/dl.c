/* Functions that a program looks up for itself, as ctypes, .NET and Ruby's fiddle do: they pass no slot.
 *
 * For any other name the real function is entered by a jump, so that it meets its caller: RTLD_NEXT and the
 * namespace depend on who that is. */
#include "config.h"
#include "hook.h"
#include "shim.h"
#include "tls.h"

#include <dlfcn.h>
#include <string.h>

struct dl_turn {
    void *next;   /* go on there; NULL: here is the answer */
    void *answer; /* in the second register of a result on both machines */
};

typedef void *(*lookup)(void *, const char *);
typedef void *(*lookup_version)(void *, const char *, const char *);

static bool is_watched(const void *handle, const char *name)
{
    return shim_on() && !config.capture_nothing && handle != RTLD_NEXT && name &&
           (strncmp(name, "SSL_", 4) == 0 || strncmp(name, "gnutls_", 7) == 0);
}

static void *real_of(void **cache, const char *name)
{
    void *real = __atomic_load_n(cache, __ATOMIC_RELAXED);
    if (!real) {
        real = hook_resolve(name);
        __atomic_store_n(cache, real, __ATOMIC_RELAXED);
    }
    return real;
}

__attribute__((used, visibility("hidden"))) struct dl_turn dl_symbol(void *handle, const char *name)
{
    static void *real;
    void *next = real_of(&real, "dlsym");
    if (likely(!is_watched(handle, name)))
        return (struct dl_turn){next, NULL};
    return (struct dl_turn){NULL, tls_replacement(name, ((lookup)next)(handle, name))};
}

__attribute__((used, visibility("hidden"))) struct dl_turn dl_versioned(void *handle, const char *name,
                                                                        const char *version)
{
    static void *real;
    void *next = real_of(&real, "dlvsym");
    if (likely(!is_watched(handle, name)))
        return (struct dl_turn){next, NULL};
    return (struct dl_turn){NULL, tls_replacement(name, ((lookup_version)next)(handle, name, version))};
}

/* The arguments are kept, the C function above asked, and then either is gone on or answered. */
#if defined(__x86_64__)
#define DOOR(name, ask)                                                                                      \
    __asm__(".text\n.p2align 4\n.globl " #name "\n.type " #name ", @function\n" #name ":\n"                  \
            ".cfi_startproc\nendbr64\n"                                                                      \
            "push %rdi\n.cfi_adjust_cfa_offset 8\n"                                                          \
            "push %rsi\n.cfi_adjust_cfa_offset 8\n"                                                          \
            "push %rdx\n.cfi_adjust_cfa_offset 8\n"                                                          \
            "call " #ask "\n"                                                                                \
            "mov %rdx, %r11\n"                                                                               \
            "pop %rdx\n.cfi_adjust_cfa_offset -8\n"                                                          \
            "pop %rsi\n.cfi_adjust_cfa_offset -8\n"                                                          \
            "pop %rdi\n.cfi_adjust_cfa_offset -8\n"                                                          \
            "test %rax, %rax\nje 1f\njmp *%rax\n"                                                            \
            "1: mov %r11, %rax\nret\n.cfi_endproc\n.size " #name ", . - " #name "\n")
#else
#define DOOR(name, ask)                                                                                      \
    __asm__(".text\n.p2align 4\n.globl " #name "\n.type " #name ", %function\n" #name ":\n"                  \
            ".cfi_startproc\nhint 34\n"                                                                      \
            "stp x29, x30, [sp, -48]!\n.cfi_def_cfa_offset 48\n.cfi_offset 29, -48\n.cfi_offset 30, -40\n"   \
            "stp x0, x1, [sp, 16]\nstr x2, [sp, 32]\n"                                                       \
            "bl " #ask "\n"                                                                                  \
            "mov x16, x0\nmov x17, x1\n"                                                                     \
            "ldp x0, x1, [sp, 16]\nldr x2, [sp, 32]\n"                                                       \
            "ldp x29, x30, [sp], 48\n.cfi_restore 29\n.cfi_restore 30\n.cfi_def_cfa_offset 0\n"              \
            "cbz x16, 1f\nbr x16\n"                                                                          \
            "1: mov x0, x17\nret\n.cfi_endproc\n.size " #name ", . - " #name "\n")
#endif

DOOR(dlsym, dl_symbol);
DOOR(dlvsym, dl_versioned);
