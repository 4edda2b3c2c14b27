/* Changing to the thread's own stack and back. */
#include "stack.h"

#include "memory.h"
#include "raw.h"
#include "threads.h"

#define STACK_BYTES (128u << 10) /* pages that nobody touches cost nothing */

void stack_switch(void (*work)(void *argument), void *argument, void *top)
    __attribute__((visibility("hidden")));

#if defined(__x86_64__)
__asm__(".pushsection .text\n"
        ".type stack_switch, @function\n"
        "stack_switch:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "push %rbp\n\t"
        ".cfi_def_cfa_offset 16\n\t"
        ".cfi_offset %rbp, -16\n\t"
        "mov %rsp, %rbp\n\t"
        ".cfi_def_cfa_register %rbp\n\t"
        "mov %rdi, %rax\n\t"
        "mov %rsi, %rdi\n\t"
        "mov %rdx, %rsp\n\t"
        "call *%rax\n\t"
        "leave\n\t"
        ".cfi_def_cfa %rsp, 8\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size stack_switch, . - stack_switch\n"
        ".popsection\n");
#elif defined(__aarch64__)
__asm__(".pushsection .text\n"
        ".type stack_switch, %function\n"
        "stack_switch:\n\t"
        ".cfi_startproc\n\t"
        "stp x29, x30, [sp, #-16]!\n\t"
        ".cfi_def_cfa_offset 16\n\t"
        ".cfi_offset 29, -16\n\t"
        ".cfi_offset 30, -8\n\t"
        "mov x29, sp\n\t"
        ".cfi_def_cfa_register 29\n\t"
        "mov x3, x0\n\t"
        "mov x0, x1\n\t"
        "mov sp, x2\n\t"
        "blr x3\n\t"
        "mov sp, x29\n\t"
        ".cfi_def_cfa_register 31\n\t"
        "ldp x29, x30, [sp], #16\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size stack_switch, . - stack_switch\n"
        ".popsection\n");
#endif

bool stack_holds(uintptr_t address)
{
    const struct thread *t = thread_self;
    const char *stack = t && t->tid ? *scratch_stack(t->scratch) : NULL;
    return stack && address - (uintptr_t)stack < STACK_BYTES;
}

/* Its bottom; mapped when it is first needed. */
static char *own_stack(void)
{
    struct thread *t = raw_forbidden() ? NULL : thread_get();
    if (!t || stack_holds(THIS_FRAME))
        return NULL;
    char **stack = scratch_stack(t->scratch);
    if (!*stack)
        *stack = memory_map(STACK_BYTES);
    return *stack;
}

void stack_run(void (*work)(void *argument), void *argument)
{
    char *stack = own_stack();
    if (!stack) {
        work(argument);
        return;
    }
    struct blocked_signals signals = raw_block_signals();
    stack_switch(work, argument, stack + STACK_BYTES);
    raw_restore_signals(signals);
}
