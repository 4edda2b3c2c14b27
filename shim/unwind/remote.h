/* The crashing process's memory, read and written from here. */
#ifndef UNWIND_REMOTE_H
#define UNWIND_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void remote_set(int pid);

/* False: not all of it is there, or the kernel does not let us. */
bool remote_read(uint64_t address, void *out, size_t bytes);
bool remote_write(uint64_t address, const void *from, size_t bytes);

static inline bool remote_pointer(uint64_t address, uint64_t *out)
{
    return remote_read(address, out, sizeof *out);
}

#endif
