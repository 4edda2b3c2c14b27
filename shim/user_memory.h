/* Reading the program's memory. What a program gives to a call may be no memory at all, for which the kernel
 * has an answer, EFAULT; and what was there when the call was made may be gone when it returns: another
 * thread unmaps a buffer as soon as the last byte has come out of the pipe, another process truncates the
 * file that stands behind it. So it is read in two ways, none of which can fault for the program to see:
 *
 *   user_copy, user_text   for what the kernel has just accepted or stored. They cost no more than any copy;
 * a fault in their one instruction is met by our handler (crash.h), which goes on behind it. Where no handler
 * of ours is in front, or the signal is blocked, they must not meet a fault, and but for a race they never
 * do. user_take, user_view   for what may be none: the kernel copies or looks, by process_vm_readv on
 * ourselves, which no rule of ptrace forbids. Where it may not be asked, as above if that is safe.
 *
 * Any thread, signal handlers and vfork children included; errno is untouched. */
#ifndef SHIM_USER_MEMORY_H
#define SHIM_USER_MEMORY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* ---- what the kernel has just accepted or stored ---- */

/* How many of the bytes could be copied, from the front. */
size_t user_copy(void *to, const void *from, size_t n);

#define USER_NONE SIZE_MAX /* memory that is none */

/* Copies a text with its NUL and returns its length: `room`, with no NUL, if it is at least as long. */
size_t user_text(char *to, const char *from, size_t room);

/* The length of a text, `most` at the most; of what can be read of it. */
size_t user_length(const char *text, size_t most);

/* ---- what may be none ---- */

/* All of it or nothing. */
bool user_take(void *to, const void *from, size_t n);

/* Bytes that a call has moved: another thread, if there is one, may have taken them away since. How many
 * could be copied, from the front. */
size_t user_take_moved(void *to, const void *from, size_t n);

/* One of the parts of such a call, `most` bytes of it at the most; none if it is gone. */
struct iovec user_part(const struct iovec *part, size_t most);

/* Pages that were found to be readable. */
#define USER_PAGES 16
struct user_view {
    bool believes; /* what cannot be told, because the program has forbidden itself system calls */
    unsigned next;
    uintptr_t pages[USER_PAGES];
};

bool user_view_bytes(struct user_view *, const void *at, size_t n);
bool user_view_text(struct user_view *, const char *text);

/* An array that NULL ends, and each text in it. */
bool user_view_words(struct user_view *, char *const *words);

/* Whether the kernel has read the (first) name that it was given, to judge by its answer. */
bool user_name_was_read(int error);

/* The same of a name behind which something was looked up, or which can be read otherwise. */
bool user_has_name(int error, const char *name);

/* ---- room for copies ---- */

#define USER_ROOM_BYTES 16384

/* For some microseconds; NULL: there is none. What was used of it is wiped when it is given back. */
char *user_room_take(void);
void user_room_give(char *room, size_t used);

/* ---- the handler's side ---- */

/* True: it was a fault of a copy, which ends short when the handler returns. */
bool user_memory_resume(const siginfo_t *info, void *context);

#endif
