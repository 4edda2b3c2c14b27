/* Fatal signals that the shim must see before the program does, without the program being able to tell.
 *
 * SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT are guarded: our handler records what happened (crash_report.h)
 * and goes on to the program's own, which finds signal, context, mask and stack as if ours were not there; or
 * the signal happens again with the kernel's default, so that status and core dump are the same. A SIGBUS may
 * also be a spool file that somebody truncates while it is mapped: private pages take its place and the
 * recording goes on.
 *
 * What the program set, and what it is told when it asks, is kept in a table. Not seen: a signal that is
 * ignored (the kernel has to know, for the sake of children), and one that finds no room for a handler on the
 * stack: we set up no signal stack where the program has none, since its own handlers would run there. */
#ifndef SHIM_CRASH_H
#define SHIM_CRASH_H

#include <stdbool.h>

/* Before main. */
void crash_init(void);

/* Whether signal.c has to keep us in between. */
bool crash_guards(int number);

/* Whether a fault with this signal comes to our handler first: not where it is ignored, or was given back. */
bool crash_is_in_front(int number);

struct sigaction;

/* What the program believes to be set. */
struct sigaction crash_believed(int number);

/* The handler as the program may see it: ours becomes the one that it set. */
void (*crash_believed_handler(int number, void (*kernel)(int)))(int);

/* After libc has set something for a guarded signal: take note and put ours in front again. A vfork child has
 * dispositions of its own: there what it sets is left as it is. */
void crash_rewrap(int number);

/* The program is about to forbid itself system calls: from here on nothing is told of a crash, and none is
 * made for one. Our handler stays for SIGSEGV and SIGBUS alone, whose faults may be ours (user_memory.h,
 * patch.h). */
void crash_stand_back(void);

/* The same, and SIGSEGV is given back as well: nothing of the program's is read any more. */
void crash_give_back(void);

#endif
