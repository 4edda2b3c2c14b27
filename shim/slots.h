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

/* Points the slots of every module that needs a library at its hooks: the first library whose own name begins
 * with `prefix`, and the modules that name exactly that one. Another library of such a name, as wheels bring
 * them, and its users are left alone. asked: functions that are looked up and whose slots stay.
 *
 * Again after more was loaded: what is changed already is left as it is. Takes the loader's lock; not in a
 * signal handler. */
void slots_take(const char *prefix, const struct slot_hook *asked, size_t n_asked,
                const struct slot_hook *hooks, size_t n_hooks);

#endif
