/* The kernel puts below the interrupted frames where a handler returns to, libc's restorer, and behind it
 * what was interrupted: those words are looked for on the stack, above the present frame. */
#include "handler.h"

#include "raw.h"
#include "scratch.h"

#include <signal.h>
#include <stddef.h>
#include <sys/uio.h>

#if defined(__x86_64__)

#define PIECE_BYTES 4096u
#define FLAGS_MOST  0xffu /* of uc_flags, which stands behind the restorer; uc_link behind that is none */

struct page {
    uintptr_t words[PIECE_BYTES / sizeof(uintptr_t)];
};

/* As the kernel has it. */
struct action {
    uintptr_t handler, flags, restorer, mask;
};

/* The same for every handler that libc has installed; 0: it has installed none of these. */
static uintptr_t restorer(void)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    struct action a = {0};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals && a.restorer == 0; i++)
        raw(SYS_rt_sigaction, signals[i], 0, &a, sizeof a.mask);
    return a.restorer;
}

/* Bytes to the end of the page: the next may not be the stack's. */
static size_t read_stack(uintptr_t at, uintptr_t *words)
{
    size_t bytes = PIECE_BYTES - at % PIECE_BYTES;
    struct iovec to = {words, bytes}, from = {(void *)at, bytes};
    long got = raw6(SYS_process_vm_readv, raw(SYS_getpid), (long)&to, 1, (long)&from, 1, 0);
    return got > 0 ? (size_t)got : 0;
}

bool handler_is_running(void)
{
    SCRATCH(struct page, page);
    uintptr_t wanted = restorer(), before = 0, last = 0;
    uintptr_t at = (uintptr_t)__builtin_frame_address(0), end = at + HANDLER_STACK_BYTES;
    size_t bytes;
    if (!page)
        return true;
    for (; wanted && at < end && (bytes = read_stack(at, page->words)) > 0; at += bytes) {
        for (size_t i = 0; i < bytes / sizeof *page->words; i++) {
            if (before == wanted && last <= FLAGS_MOST && page->words[i] == 0)
                return true;
            before = last;
            last = page->words[i];
        }
    }
    return false;
}

#else

bool handler_is_running(void) { return false; }

#endif
