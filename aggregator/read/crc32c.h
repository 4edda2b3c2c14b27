/* CRC-32C (Castagnoli), as the spool format uses it: start with 0, the usual inversions are inside. */
#ifndef READ_CRC32C_H
#define READ_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
