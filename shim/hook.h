/* The row language: a hooked function is written as
 *
 *   HOOK(ssize_t, read, (int fd, void *buffer, size_t count))
 *   {
 *       ... REAL(read)(fd, buffer, count) ...
 *   }
 *
 * which defines hook_read under the symbol `read`, exported, and finds the next `read` behind this library
 * when it is first called: by walking the loader's list and each object's GNU hash table. No lock, no
 * allocation, dlerror untouched, signal handlers and constructors included. The .so exports its rows and
 * nothing else. */
#ifndef SHIM_HOOK_H
#define SHIM_HOOK_H

#include "raw.h"

#include <link.h>

/* The first definition of a function behind this library, in the loader's order; NULL if there is none. */
void *hook_find(const char *name);

/* The first library behind this one whose own name (DT_SONAME) begins so; *soname lives as long as it is
 * loaded. NULL if there is none. */
const struct link_map *hook_find_library(const char *prefix, const char **soname);

/* A function of that library alone; NULL if it has none. */
void *hook_find_in(const struct link_map *library, const char *name);

/* The same for the definition that a caller of that version is bound to; the one without a version where a
 * library has no versions, or not this one. */
void *hook_resolve_version(const char *name, const char *version);

/* Several names at once: texts and no pointers, which every process would have to relocate. */
struct hook_wanted {
    char name[39];
    bool data; /* a variable, of which the program's own copy is meant if it has one */
};
/* found[i] is that of row[i] in that library, or NULL. */
void hook_find_row(const struct link_map *library, const struct hook_wanted *row, size_t count, void **found);

/* How many bytes it is, or a variable of that name; 0: not said. */
size_t hook_size_in(const struct link_map *library, const char *name);

/* As hook_find; where there is none, a function that fails with ENOSYS. */
void *hook_resolve(const char *name);

/* A variable of that name in any object, the program's own first; *where: that object. NULL if there is none.
 */
void *hook_find_data(const char *name, const struct link_map **where);

/* The first entry of the loader's list, the program itself. */
const struct link_map *hook_first_link_map(void);

/* This library's entry in the loader's list. */
const struct link_map *hook_own_link_map(void);

/* Whether this library is in the loader's list, and no other copy of it stands before it. */
bool hook_is_the_first(void);

#define HOOK(type, name, params)                                                                             \
    CALLS(type, name, params);                                                                               \
    HOOK_ONLY(type, name, params)

/* A row that calls another function than the one it hooks. */
#define HOOK_ONLY(type, name, params)                                                                        \
    __attribute__((visibility("default"))) type hook_##name params __asm__(#name);                           \
    type hook_##name params

/* The same function under a second name, where glibc has one for both and programs compare the addresses. */
#define HOOK_ALSO(type, second, name, params)                                                                \
    __attribute__((visibility("default"), alias(#name))) type hook_##second params __asm__(#second)

#define REAL(name)                                                                                           \
    ({                                                                                                       \
        __typeof__(real_##name) real_f = __atomic_load_n(&real_##name, __ATOMIC_RELAXED);                    \
        if (unlikely(!real_f)) {                                                                             \
            real_f = (__typeof__(real_f))hook_resolve(#name);                                                \
            __atomic_store_n(&real_##name, real_f, __ATOMIC_RELAXED);                                        \
        }                                                                                                    \
        real_f;                                                                                              \
    })

/* A function that libc has in several versions, which do not do the same: a row for each, under a name of its
 * own. The newest is the default. A caller gets the one that it was linked with (the nodes of versions.map).
 */
#define HOOK_VERSION(type, row, name, at, version, params)                                                   \
    static __typeof__(type(*) params) real_##row;                                                            \
    __asm__(".symver hook_" #row "," #name at version);                                                      \
    __attribute__((used, visibility("default"))) type hook_##row params

/* Of libc's functions on this processor. */
#if defined(__x86_64__)
#define HOOK_FIRST_VERSION "GLIBC_2.2.5"
#else
#define HOOK_FIRST_VERSION "GLIBC_2.17"
#endif

#define REAL_VERSION(row, name, version)                                                                     \
    ({                                                                                                       \
        __typeof__(real_##row) real_f = __atomic_load_n(&real_##row, __ATOMIC_RELAXED);                      \
        if (unlikely(!real_f)) {                                                                             \
            real_f = (__typeof__(real_f))hook_resolve_version(name, version);                                \
            __atomic_store_n(&real_##row, real_f, __ATOMIC_RELAXED);                                         \
        }                                                                                                    \
        real_f;                                                                                              \
    })

/* A function behind this library that REAL() calls. Atomic: every thread finds the same. */
#define CALLS(type, name, params) static __typeof__(type(*) params) real_##name

#endif
