/* The processor's instruction where there is one, else a table of 256. */
#include "read/crc32c.h"

#include <stdbool.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* reflected */

static uint32_t table[256];

__attribute__((constructor)) static void fill_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ POLYNOMIAL : value >> 1;
        table[i] = value;
    }
}

static uint32_t by_table(uint32_t crc, const uint8_t *p, size_t count)
{
    while (count--)
        crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
    return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *p, size_t count)
{
    uint64_t wide = crc, word;
    for (; count >= sizeof word; count -= sizeof word, p += sizeof word) {
        memcpy(&word, p, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    return by_table((uint32_t)wide, p, count);
}

static bool has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }
#else
#define by_instruction by_table
static bool has_instruction(void) { return false; }
#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t count)
{
    return ~(has_instruction() ? by_instruction : by_table)(~crc, bytes, count);
}
