/* A read may come out short, or be interrupted. */
#include "read/read_all.h"

#include <errno.h>
#include <unistd.h>

ssize_t read_all(int fd, uint8_t *buffer, size_t bytes, uint64_t offset)
{
    size_t filled = 0;
    while (filled < bytes) {
        ssize_t got = pread(fd, buffer + filled, bytes - filled, (off_t)(offset + filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        filled += (size_t)got;
    }
    return (ssize_t)filled;
}
