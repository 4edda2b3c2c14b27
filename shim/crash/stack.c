/* Changing to our stack and back; and the way out for work that faults. */
#include "crash/stack.h"

#include "raw.h"

#include <stddef.h>
#include <ucontext.h>

#if defined(__x86_64__)

#define STACK_BYTES (96u << 10)

static uint8_t stack[STACK_BYTES] TABLE __attribute__((aligned(64)));
__attribute__((used)) static uintptr_t crash_old_sp; /* of the thread that runs work */

struct errand {
    void (*work)(void *);
    void *argument;
    stack_t before;
    bool told;
};

void crash_stack_switch(void (*work)(struct errand *), struct errand *e, void *top)
    __attribute__((visibility("hidden")));
extern const char crash_stack_leave[] __attribute__((visibility("hidden")));

/* Whoever leaves in the middle of work comes to crash_stack_leave with nothing but the instruction pointer
 * right. */
__asm__(".pushsection .text\n"
        ".type crash_stack_switch, @function\n"
        "crash_stack_switch:\n\t"
        "endbr64\n\t"
        "push %rbp\n\t"
        "push %rbx\n\t"
        "push %r12\n\t"
        "push %r13\n\t"
        "push %r14\n\t"
        "push %r15\n\t"
        "mov %rsp, crash_old_sp(%rip)\n\t"
        "mov %rdi, %rax\n\t"
        "mov %rsi, %rdi\n\t"
        "mov %rdx, %rsp\n\t"
        "xor %ebp, %ebp\n\t"
        "call *%rax\n"
        "crash_stack_leave:\n\t"
        "mov crash_old_sp(%rip), %rsp\n\t"
        "pop %r15\n\t"
        "pop %r14\n\t"
        "pop %r13\n\t"
        "pop %r12\n\t"
        "pop %rbx\n\t"
        "pop %rbp\n\t"
        "ret\n\t"
        ".size crash_stack_switch, . - crash_stack_switch\n"
        ".popsection\n");

static void on_our_stack(struct errand *e)
{
    stack_t ours = {.ss_sp = stack, .ss_size = sizeof stack};
    e->told = raw(SYS_sigaltstack, &ours, &e->before) == 0;
    e->work(e->argument);
}

void crash_stack_run(void (*work)(void *), void *argument)
{
    struct errand e = {.work = work, .argument = argument};
    crash_stack_switch(on_our_stack, &e, stack + sizeof stack);
    if (e.told)
        raw(SYS_sigaltstack, &e.before, NULL);
}

bool crash_stack_abandon(void *context)
{
    ucontext_t *c = context;
    c->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)crash_stack_leave;
    return true;
}

#else

void crash_stack_run(void (*work)(void *), void *argument) { work(argument); }

bool crash_stack_abandon(void *context)
{
    (void)context;
    return false;
}

#endif
