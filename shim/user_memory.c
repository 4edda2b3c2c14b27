/* The copies whose faults are known by their address, and asking the kernel; see user_memory.h. */
#include "user_memory.h"

#include "apart.h"
#include "crash/crash.h"
#include "memory.h"
#include "raw.h"

#include <string.h>
#include <ucontext.h>

/* ---- copies that may fault ---- */

/* Bytes that were not copied. */
size_t user_memory_copy(void *to, const void *from, size_t n) __attribute__((visibility("hidden")));
/* As user_text. */
size_t user_memory_text(char *to, const char *from, size_t room) __attribute__((visibility("hidden")));

/* The instructions that read, and where to go on when they fault. */
extern const char user_memory_copying[] __attribute__((visibility("hidden")));
extern const char user_memory_copied[] __attribute__((visibility("hidden")));
extern const char user_memory_reading[] __attribute__((visibility("hidden")));
extern const char user_memory_unread[] __attribute__((visibility("hidden")));

#if defined(__x86_64__)

__asm__(".pushsection .text\n"
        ".p2align 4\n"
        ".type user_memory_copy, @function\n"
        "user_memory_copy:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "mov %rdx, %rcx\n"
        "user_memory_copying:\n\t"
        "rep movsb\n"
        "user_memory_copied:\n\t"
        "mov %rcx, %rax\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size user_memory_copy, . - user_memory_copy\n"
        ".p2align 4\n"
        ".type user_memory_text, @function\n"
        "user_memory_text:\n\t"
        ".cfi_startproc\n\t"
        "endbr64\n\t"
        "xor %eax, %eax\n"
        "1:\t"
        "cmp %rdx, %rax\n\t"
        "jae 2f\n"
        "user_memory_reading:\n\t"
        "movzbl (%rsi,%rax), %ecx\n\t"
        "mov %cl, (%rdi,%rax)\n\t"
        "test %ecx, %ecx\n\t"
        "jz 2f\n\t"
        "inc %rax\n\t"
        "jmp 1b\n"
        "user_memory_unread:\n\t"
        "mov $-1, %rax\n"
        "2:\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size user_memory_text, . - user_memory_text\n"
        ".popsection\n");

static uintptr_t instruction_of(const ucontext_t *c) { return (uintptr_t)c->uc_mcontext.gregs[REG_RIP]; }
static void go_on_at(ucontext_t *c, const char *at) { c->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)at; }

#elif defined(__aarch64__)

__asm__(".pushsection .text\n"
        ".p2align 4\n"
        ".type user_memory_copy, %function\n"
        "user_memory_copy:\n\t"
        ".cfi_startproc\n\t"
        "hint 34\n"
        "1:\t"
        "cbz x2, user_memory_copied\n"
        "user_memory_copying:\n\t"
        "ldrb w3, [x1]\n\t"
        "strb w3, [x0], 1\n\t"
        "add x1, x1, 1\n\t"
        "sub x2, x2, 1\n\t"
        "b 1b\n"
        "user_memory_copied:\n\t"
        "mov x0, x2\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size user_memory_copy, . - user_memory_copy\n"
        ".p2align 4\n"
        ".type user_memory_text, %function\n"
        "user_memory_text:\n\t"
        ".cfi_startproc\n\t"
        "hint 34\n\t"
        "mov x3, 0\n"
        "1:\t"
        "cmp x3, x2\n\t"
        "b.hs 2f\n"
        "user_memory_reading:\n\t"
        "ldrb w4, [x1, x3]\n\t"
        "strb w4, [x0, x3]\n\t"
        "cbz w4, 2f\n\t"
        "add x3, x3, 1\n\t"
        "b 1b\n"
        "user_memory_unread:\n\t"
        "mov x3, -1\n"
        "2:\t"
        "mov x0, x3\n\t"
        "ret\n\t"
        ".cfi_endproc\n\t"
        ".size user_memory_text, . - user_memory_text\n"
        ".popsection\n");

static uintptr_t instruction_of(const ucontext_t *c) { return c->uc_mcontext.pc; }
static void go_on_at(ucontext_t *c, const char *at) { c->uc_mcontext.pc = (uintptr_t)at; }

#endif

bool user_memory_resume(const siginfo_t *info, void *context)
{
    uintptr_t at = instruction_of(context);
    if (info->si_code <= 0) /* sent by somebody, and met there by chance */
        return false;
    if (at == (uintptr_t)user_memory_copying)
        go_on_at(context, user_memory_copied);
    else if (at == (uintptr_t)user_memory_reading)
        go_on_at(context, user_memory_unread);
    else
        return false;
    return true;
}

size_t user_copy(void *to, const void *from, size_t n) { return n - user_memory_copy(to, from, n); }

size_t user_text(char *to, const char *from, size_t room) { return user_memory_text(to, from, room); }

size_t user_length(const char *text, size_t most)
{
    char piece[64];
    size_t n = 0, got;
    do {
        size_t room = most - n < sizeof piece ? most - n : sizeof piece;
        got = user_text(piece, text + n, room);
        n += got == USER_NONE ? 0 : got;
    } while (got == sizeof piece && n < most);
    return n;
}

/* ---- asking the kernel ---- */

#define PAGE     4096u /* pages are of as much or a multiple of it */
#define TOP_BITS 56    /* addresses above are the kernel's, or none */

#define UNKNOWN SIZE_MAX /* the kernel may not be asked */

static bool is_an_address(uintptr_t at) { return at >= PAGE && at >> TOP_BITS == 0; }

/* How many bytes can be read from there on, of those copied; or UNKNOWN. */
static size_t ask(void *to, const void *from, size_t n)
{
    struct iovec here = {to, n}, there = {(void *)from, n};
    if (!is_an_address((uintptr_t)from))
        return 0;
    long got = raw6(SYS_process_vm_readv, raw(SYS_getpid), (long)&here, 1, (long)&there, 1, 0);
    return got >= 0 ? (size_t)got : got == -EFAULT ? 0 : UNKNOWN;
}

static const uint64_t faults = 1ull << (SIGSEGV - 1) | 1ull << (SIGBUS - 1);

/* Where the kernel may not be asked: a fault finds our handler, also in a thread that blocks the signal. One
 * that waits for such a thread is not ours to let in. Where nothing may be asked it is hoped that none is
 * blocked. */
static size_t copy_unblocked(void *to, const void *from, size_t n)
{
    uint64_t waiting = 0, before = 0;
    if (raw_forbidden() && crash_is_in_front(SIGSEGV))
        return user_copy(to, from, n);
    if (!crash_is_in_front(SIGSEGV) || raw(SYS_rt_sigpending, &waiting, sizeof waiting) != 0 ||
        (waiting & faults) != 0 || raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &faults, &before, sizeof before) != 0)
        return UNKNOWN;
    size_t got = user_copy(to, from, n);
    if (before & faults)
        raw(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    return got;
}

static size_t take(void *to, const void *from, size_t n)
{
    size_t got = ask(to, from, n);
    return got == UNKNOWN ? copy_unblocked(to, from, n) : got;
}

bool user_take(void *to, const void *from, size_t n) { return take(to, from, n) == n; }

size_t user_take_moved(void *to, const void *from, size_t n)
{
    if (apart_is_alone())
        return user_copy(to, from, n);
    size_t got = take(to, from, n);
    return got == UNKNOWN ? 0 : got;
}

struct iovec user_part(const struct iovec *part, size_t most)
{
    struct iovec copy;
    if (user_take_moved(&copy, part, sizeof copy) < sizeof copy)
        return (struct iovec){NULL, 0};
    if (copy.iov_len > most)
        copy.iov_len = most;
    return copy;
}

/* ---- views ---- */

static bool was_seen(const struct user_view *v, uintptr_t page)
{
    for (unsigned i = 0; i < USER_PAGES; i++)
        if (v->pages[i] == page)
            return true;
    return false;
}

static bool sees_page(struct user_view *v, uintptr_t page)
{
    char byte;
    if (!is_an_address(page))
        return false;
    if (was_seen(v, page))
        return true;
    size_t got = take(&byte, (const void *)page, 1);
    if (got == 0 || (got == UNKNOWN && !v->believes))
        return false;
    v->pages[v->next++ % USER_PAGES] = page;
    return true;
}

bool user_view_bytes(struct user_view *v, const void *at, size_t n)
{
    const uintptr_t first = (uintptr_t)at, last = first + n - 1;
    for (uintptr_t page = first & -(uintptr_t)PAGE; n > 0 && page <= last; page += PAGE)
        if (!sees_page(v, page))
            return false;
    return n == 0 || last >= first;
}

bool user_view_text(struct user_view *v, const char *text)
{
    for (;;) {
        size_t rest = PAGE - (uintptr_t)text % PAGE;
        if (!sees_page(v, (uintptr_t)text - (PAGE - rest)))
            return false;
        if (user_length(text, rest) < rest)
            return true;
        text += rest;
    }
}

bool user_view_words(struct user_view *v, char *const *words)
{
    for (;; words++) {
        if (!user_view_bytes(v, words, sizeof *words))
            return false;
        if (!*words)
            return true;
        if (!user_view_text(v, *words))
            return false;
    }
}

/* ---- names ---- */

/* Answers that come when a name has been read and looked up. */
bool user_name_was_read(int error)
{
    switch (error) {
    case 0:
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EEXIST:
    case EISDIR:
    case ELOOP:
    case EROFS:
    case ENOTEMPTY:
    case EXDEV:
        return true;
    default:
        return false;
    }
}

bool user_has_name(int error, const char *name)
{
    struct user_view view = {.believes = false};
    return name && (user_name_was_read(error) || user_view_text(&view, name));
}

/* ---- room ---- */

#define ROOMS 8

static char rooms[ROOMS][USER_ROOM_BYTES] TABLE;
static uint8_t taken[ROOMS]; /* atomic; those that a fork's other threads had stay taken in the child */

char *user_room_take(void)
{
    for (unsigned i = 0; i < ROOMS; i++)
        if (!__atomic_exchange_n(&taken[i], 1, __ATOMIC_ACQUIRE))
            return rooms[i];
    return memory_map(USER_ROOM_BYTES);
}

void user_room_give(char *room, size_t used)
{
    memset(room, 0, used < USER_ROOM_BYTES ? used : USER_ROOM_BYTES);
    size_t at = (size_t)((uintptr_t)room - (uintptr_t)rooms);
    if (at < sizeof rooms)
        __atomic_store_n(&taken[at / USER_ROOM_BYTES], 0, __ATOMIC_RELEASE);
    else
        raw(SYS_munmap, room, USER_ROOM_BYTES);
}
