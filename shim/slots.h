/* The linker's slots through which a module calls a library: pointed at functions of ours.
 *
 * Exporting SSL_read from a preloaded library would make a program that looks for it find it without libssl;
 * so nothing is exported, and the slots of modules that were loaded with libssl are changed instead. */
#ifndef SHIM_SLOTS_H
#define SHIM_SLOTS_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

struct slot_hook {
    const char *name;
    void *ours;  /* NULL: it is only asked, its slots stay */
    void **real; /* atomic; the library's function, set before the first slot; NULL there: it has none */
};

/* One loaded library, or a place for one. Each has functions of ours of its own, so that several in one
 * process, as wheels bring them, are told apart. */
struct slot_library {
    const struct slot_hook *hooks;
    size_t n;
    const struct link_map *map; /* NULL: free */
    const void *dynamic;        /* tells a later library at the same address apart */
    bool detoured; /* its functions themselves lead to ours, or are left alone: no slot is changed */
};

/* Finds the functions of a library that was loaded. */
void slots_begin(struct slot_library *, const struct link_map *);

/* Points the slots of every module that lead to one of the libraries at its hooks: by what the slot holds, or
 * where the loader has yet to fill it, by the library that the module names.
 *
 * Again after more was loaded: what is changed already is left as it is. Takes the loader's lock; not in a
 * signal handler. */
void slots_take(const struct slot_library *libraries, size_t n);

/* What a program that looks a function up is given in its place; NULL: it is none of the libraries'. */
void *slots_ours(const struct slot_library *libraries, size_t n, const void *found);

#endif
