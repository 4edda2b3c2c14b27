/* Large locals: pieces of memory that each thread has beside its stack, for a hook may be called where that
 * has a page or two. Taken and given back by whoever needs one, in any order; only the pages that are
 * written to cost. Any context: a signal handler takes another piece, a vfork child its parent's. */
#ifndef SHIM_SCRATCH_H
#define SHIM_SCRATCH_H

#include <stdint.h>

#define SCRATCH_ROOM   6384u /* bytes of a piece */
#define SCRATCH_PIECES 10u
#define SCRATCH_PLACES 4104u /* threads at once */

struct scratch;

/* Of the thread at a place, none of it in use; NULL: there is no memory. Signals are blocked. */
struct scratch *scratch_at(uint32_t place);

/* The pieces in use, to come back to when what took more was killed. */
uint32_t scratch_used(const struct scratch *s);
void scratch_restore(struct scratch *s, uint32_t used);

/* Where the bottom of the thread's own stack is kept, or NULL: stack.c's. */
char **scratch_stack(struct scratch *s);

/* A piece of this thread, what is in it is anything; NULL (counted): there is none. holder: where on the
 * stack the pointer to it is kept. */
void *scratch_take(uintptr_t holder);
void *scratch_take_within(uintptr_t holder);

/* holder: as above. */
void scratch_leave(void *holder);

/* SCRATCH(struct path, path): a pointer to one, NULL where there is no room, until the end of the block. A
 * function that was left by longjmp does not give its piece back: see scratch.c. */
#define SCRATCH(type, name) SCRATCH_FROM(scratch_take, type, name)

/* The same where an event of this thread is already being recorded: it has had its first. */
#define SCRATCH_WITHIN(type, name) SCRATCH_FROM(scratch_take_within, type, name)

#define SCRATCH_FROM(take, type, name)                                                                       \
    _Static_assert(sizeof(type) <= SCRATCH_ROOM, "more than a piece");                                       \
    type *name __attribute__((cleanup(scratch_leave))) = take((uintptr_t)&name)

#endif
