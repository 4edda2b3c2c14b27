/* CRC-32C (Castagnoli, reflected polynomial 0x82f63b78, RFC 3720 appendix B.4) of finished chunks. */
#ifndef VL_CRC32C_H
#define VL_CRC32C_H

#include "spool.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Four bits at a time: needs 64 bytes of table, for processors without the instruction. */
static inline uint32_t vl_crc32c_table(uint32_t crc, const uint8_t *p, size_t n)
{
    static const uint32_t nibble[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    crc = ~crc;
    for (; n > 0; n--) {
        crc ^= *p++;
        crc = (crc >> 4) ^ nibble[crc & 15];
        crc = (crc >> 4) ^ nibble[crc & 15];
    }
    return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static inline uint32_t vl_crc32c_sse42(uint32_t crc, const uint8_t *p,
                                                                         size_t n)
{
    uint64_t state = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    for (; n > 0; n--)
        state = __builtin_ia32_crc32qi((uint32_t)state, *p++);
    return ~(uint32_t)state;
}
#endif

/* has_instruction: the processor has SSE4.2 (x86-64); ignored elsewhere. */
static inline uint32_t vl_crc32c(uint32_t crc, const void *data, size_t n, int has_instruction)
{
#if defined(__x86_64__)
    if (has_instruction)
        return vl_crc32c_sse42(crc, data, n);
#endif
    (void)has_instruction;
    return vl_crc32c_table(crc, data, n);
}

/* Of a chunk in memory, header included: everything up to `used` but used_bytes and the checksum themselves.
 */
static inline uint32_t vl_chunk_checksum(const void *chunk, uint32_t used, int has_instruction)
{
    uint32_t first = offsetof(struct vl_chunk, used_bytes), rest = offsetof(struct vl_chunk, sequence);
    uint32_t crc = vl_crc32c(0, chunk, first, has_instruction);
    return vl_crc32c(crc, (const uint8_t *)chunk + rest, used - rest, has_instruction);
}

#endif
