/* Functions that no slot leads to, as those of a TLS library inside the executable: their first instructions
 * are moved elsewhere, and a jump to ours stands in their place. x86-64 alone.
 *
 * Every instruction of a function is read first, none may jump into what is moved, and the kernel may refuse:
 * then it is left as it is. No page is ever writable and executable at once. No other thread may stand in the
 * functions' first instructions meanwhile: before main, or before a library is used. Signals wait. */
#ifndef SHIM_DETOUR_H
#define SHIM_DETOUR_H

#include <stdbool.h>
#include <stddef.h>

struct detour {
    void *function; /* that is to lead to ours */
    size_t bytes;   /* its size */
    void *ours;
    void *original; /* set: what does as the function did; the function itself where it was left alone */
};

/* For functions near each other, as those of one module are. False: they are left alone (all of them, but
 * where the kernel had no memory in the middle of it). */
bool detour_place(struct detour *detours, size_t n);

#endif
