/* Programs that confine themselves (seccomp): from the moment before a filter is installed the shim makes no
 * system call of its own in this process and its forked children; it goes on storing into what is mapped, and
 * what does not fit is counted. A program that begins under a filter is recorded as any other: whoever could
 * start it may open and map files.
 *
 * raw.h looks at the state in every call. It is the whole process's, even where the filter is one thread's.
 */
#ifndef SHIM_CONFINE_H
#define SHIM_CONFINE_H

#include <stdbool.h>

enum confinement {
    CONFINE_NOT,
    CONFINE_CLOCK,  /* the processor's counter may not be read */
    CONFINE_FILTER, /* SECCOMP_MODE_FILTER */
    CONFINE_STRICT  /* SECCOMP_MODE_STRICT, which forbids the counter too */
};

/* What a call of prctl or seccomp is about to do. */
enum confinement confine_by_prctl(int option, unsigned long what, unsigned long filter);
enum confinement confine_by_seccomp(unsigned long operation, unsigned long filter);

/* Before the call: claims what is still to be stored, leaves signals to the program, and waits for other
 * threads' work to end. True: this call began it. Keeps errno. */
bool confine_begin(enum confinement how);

/* After a call that confine_begin was true for. Keeps errno. */
void confine_end(bool installed);

/* A vfork child is gone, whose filter was never this process's. */
void confine_child_ended(void);

#endif
