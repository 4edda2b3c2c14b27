/* Fatal signals that the shim must see before the program does, without the program being able to tell.
 *
 * SIGBUS is guarded: a spool file that somebody truncates while it is mapped raises it in whoever records.
 * Our handler puts private pages there and the recording goes on; every other SIGBUS gets what the program
 * asked for, or what the kernel does by default. What the program set, and what it is told when it asks, is
 * kept in a table. */
#ifndef SHIM_CRASH_H
#define SHIM_CRASH_H

#include <stdbool.h>

/* Before main. */
void crash_init(void);

/* Whether signal.c has to keep us in between. */
bool crash_guards(int number);

struct sigaction;

/* What the program believes to be set. */
struct sigaction crash_believed(int number);

/* The handler as the program may see it: ours becomes the one that it set. */
void (*crash_believed_handler(int number, void (*kernel)(int)))(int);

/* After libc has set something for a guarded signal: take note and put ours in front again. */
void crash_rewrap(int number);

#endif
