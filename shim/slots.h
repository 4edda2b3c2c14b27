/* The linker's slots through which a module calls a library: pointed at functions of ours.
 *
 * Exporting SSL_read from a preloaded library would make a program that looks for it find it without libssl;
 * so nothing is exported, and the slots of modules that were loaded with libssl are changed instead. */
#ifndef SHIM_SLOTS_H
#define SHIM_SLOTS_H

#include <stddef.h>

struct slot_hook {
    const char *name;
    void *ours;
    void **real; /* the library's function, set before the first slot; NULL there: it has none */
};

/* Looks the functions up in the libraries that are loaded; NULL where there is none. */
void slots_find(const struct slot_hook *hooks, size_t n);

/* slots_find, then the slots of the modules that name a library whose file name begins with `library` among
 * those they need. Again after more was loaded: what is changed already is left as it is. Takes the loader's
 * lock; not in a signal handler. */
void slots_take(const char *library, const struct slot_hook *hooks, size_t n);

#endif
