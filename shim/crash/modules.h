/* Which object an address of this process lies in. */
#ifndef SHIM_CRASH_MODULES_H
#define SHIM_CRASH_MODULES_H

#include "paths.h"

#include <stdint.h>

#define BUILD_ID_MAX 20

struct module {
    uintptr_t base;
    char path[PATH_BYTES];
    uint8_t build_id[BUILD_ID_MAX];
    uint32_t build_id_bytes;
    bool ours;
};

/* False: no code of an object is there. By the loader's list, without its lock; memory is read through the
 * kernel, so that a damaged list ends the search and nothing else. */
bool module_find(uintptr_t address, struct module *m);

/* Copies memory of this process; false where there is none. */
bool crash_peek(uintptr_t address, void *out, size_t bytes);

#endif
