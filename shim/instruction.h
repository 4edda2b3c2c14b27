/* How long an x86-64 instruction is, and what in it depends on where it stands. */
#ifndef SHIM_INSTRUCTION_H
#define SHIM_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct x86 {
    unsigned bytes;  /* 0: not known here */
    unsigned opcode; /* without prefixes; 0x0f.. for those of two bytes */
    unsigned at;     /* where its 8 or 32 bit displacement from the next instruction begins; 0: it has none */
    bool branch;     /* the displacement is a jump's or call's, else an operand's (RIP-relative) */
};

/* At most n bytes are read. Prefixes of vectors (VEX, EVEX) are not known. */
struct x86 x86_read(const uint8_t *code, size_t n);

/* The displacement's target, as an offset from the instruction's first byte. */
int64_t x86_target(const uint8_t *code, const struct x86 *i);

#endif
