/* One process at a time; a system call each. */
#include "unwind/remote.h"

#include <sys/types.h>
#include <sys/uio.h>

static pid_t process;

void remote_set(int pid) { process = pid; }

bool remote_read(uint64_t address, void *out, size_t bytes)
{
    struct iovec here = {out, bytes}, there = {(void *)(uintptr_t)address, bytes};
    return process_vm_readv(process, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

bool remote_write(uint64_t address, const void *from, size_t bytes)
{
    struct iovec here = {(void *)(uintptr_t)from, bytes}, there = {(void *)(uintptr_t)address, bytes};
    return process_vm_writev(process, &here, 1, &there, 1, 0) == (ssize_t)bytes;
}
