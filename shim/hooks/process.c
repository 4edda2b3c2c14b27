/* Processes that begin by fork or vfork, and those that end by their own word. */
#include "birth.h"
#include "deep.h"
#include "ending.h"
#include "hook.h"
#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- fork ---- */

#define FORK_ROW(name)                                                                                       \
    HOOK(pid_t, name, (void))                                                                                \
    {                                                                                                        \
        if (shim_on())                                                                                       \
            deep_prepare_fork();                                                                             \
        uint64_t start = birth_begins();                                                                     \
        pid_t pid = REAL(name)();                                                                            \
        return shim_on() ? birth_forked(pid, VL_START_FORK, start) : pid;                                    \
    }

FORK_ROW(fork)
FORK_ROW(__fork)
FORK_ROW(_Fork)

/* ---- vfork: the child runs on our thread, in our memory, and returns from here before we do ---- */

__attribute__((used, visibility("hidden"))) void vfork_child(void)
{
    if (shim_on())
        birth_vfork_child();
}

__attribute__((used, visibility("hidden"))) long vfork_parent(long pid)
{
    raw_vfork_ended();
    if (shim_on())
        birth_vfork_parent((pid_t)pid, VL_START_VFORK);
    if (pid < 0) {
        errno = (int)-pid;
        return -1;
    }
    return pid;
}

#if defined(__x86_64__)
/* The return address must survive the child's return through the same stack slot: it waits in a register,
 * which the kernel keeps for either process, as in libc's own vfork. */
__asm__(".pushsection .text\n"
        ".globl vfork\n"
        ".globl __vfork\n"
        ".type vfork, @function\n"
        ".type __vfork, @function\n"
        "__vfork:\n"
        "vfork:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "pop %rdi\n\t"
        ".cfi_adjust_cfa_offset -8\n\t"
        ".cfi_register %rip, %rdi\n\t"
        "mov $58, %eax\n\t" /* SYS_vfork */
        "syscall\n\t"
        "push %rdi\n\t"
        ".cfi_adjust_cfa_offset 8\n\t"
        ".cfi_rel_offset %rip, 0\n\t"
        "test %rax, %rax\n\t"
        "jz 1f\n\t"
        "sub $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset 8\n\t"
        "mov %rax, %rdi\n\t"
        "call vfork_parent\n\t"
        "add $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset -8\n\t"
        "ret\n"
        "1:\t"
        "sub $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset 8\n\t"
        "call vfork_child\n\t"
        "add $8, %rsp\n\t"
        ".cfi_adjust_cfa_offset -8\n\t"
        "xor %eax, %eax\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size vfork, . - vfork\n"
        ".size __vfork, . - vfork\n"
        ".popsection\n");
#else
/* Elsewhere vfork is fork, as POSIX allows. */
FORK_ROW(vfork)
FORK_ROW(__vfork)
#endif

/* ---- exit ---- */

HOOK(void, _exit, (int status))
{
    if (shim_on())
        ending(VL_EXIT_IMMEDIATE, status);
    for (;;)
        REAL(_exit)(status);
}

HOOK(void, _Exit, (int status))
{
    if (shim_on())
        ending(VL_EXIT_IMMEDIATE, status);
    for (;;)
        REAL(_Exit)(status);
}

/* Until glibc 2.24 it ran the destructors of the thread's own variables, too. */
#if defined(__x86_64__)
#define QUICK_EXIT_OLD "GLIBC_2.10"
#else
#define QUICK_EXIT_OLD HOOK_FIRST_VERSION
#endif

#define QUICK_EXIT_ROW(row, at, version)                                                                     \
    HOOK_VERSION(void, row, quick_exit, at, version, (int status))                                           \
    {                                                                                                        \
        if (shim_on())                                                                                       \
            ending(VL_EXIT_QUICK, status);                                                                   \
        for (;;)                                                                                             \
            REAL_VERSION(row, "quick_exit", version)(status);                                                \
    }

QUICK_EXIT_ROW(quick_exit_old, "@", QUICK_EXIT_OLD)
QUICK_EXIT_ROW(quick_exit_new, "@@", "GLIBC_2.24")
