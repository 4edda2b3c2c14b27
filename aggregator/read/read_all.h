/* Reading a stretch of a file. */
#ifndef READ_READ_ALL_H
#define READ_READ_ALL_H

#include <stdint.h>
#include <sys/types.h>

/* Until the buffer is full or the file ends; returns the bytes read, or -1 with errno. Any thread. */
ssize_t read_all(int fd, uint8_t *buffer, size_t bytes, uint64_t offset);

#endif
