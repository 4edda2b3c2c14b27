/* The opcode maps of the manual in ranges: what follows an opcode. */
#include "instruction.h"

#include <string.h>

enum follows {
    NOTHING,
    UNKNOWN,
    MODRM = 2,
    BYTE = 4,
    WORD = 8,
    FULL = 16,
    JUMP8 = 32,
    JUMP32 = 64,
    LONG = 128
};

struct range {
    uint8_t first, last, follows;
};

/* FULL: 32 bit, with an operand prefix 16. LONG: 64 bit where REX.W says so, else as FULL. 8 and 16 bit forms
 * of arithmetic (00-3f) are told apart below. */
static const struct range one_byte[] = {
    {0x50, 0x5f, NOTHING},      {0x63, 0x63, MODRM},        {0x68, 0x68, FULL},
    {0x69, 0x69, MODRM | FULL}, {0x6a, 0x6a, BYTE},         {0x6b, 0x6b, MODRM | BYTE},
    {0x6c, 0x6f, NOTHING},      {0x70, 0x7f, JUMP8},        {0x80, 0x80, MODRM | BYTE},
    {0x81, 0x81, MODRM | FULL}, {0x83, 0x83, MODRM | BYTE}, {0x84, 0x8f, MODRM},
    {0x90, 0x99, NOTHING},      {0x9b, 0x9f, NOTHING},      {0xa4, 0xa7, NOTHING},
    {0xa8, 0xa8, BYTE},         {0xa9, 0xa9, FULL},         {0xaa, 0xaf, NOTHING},
    {0xb0, 0xb7, BYTE},         {0xb8, 0xbf, LONG},         {0xc0, 0xc1, MODRM | BYTE},
    {0xc2, 0xc2, WORD},         {0xc3, 0xc3, NOTHING},      {0xc6, 0xc6, MODRM | BYTE},
    {0xc7, 0xc7, MODRM | FULL}, {0xc9, 0xc9, NOTHING},      {0xcc, 0xcc, NOTHING},
    {0xd0, 0xd3, MODRM},        {0xd8, 0xdf, MODRM},        {0xe0, 0xe3, JUMP8},
    {0xe8, 0xe9, JUMP32},       {0xeb, 0xeb, JUMP8},        {0xf4, 0xf5, NOTHING},
    {0xf6, 0xf7, MODRM},        {0xf8, 0xfd, NOTHING},      {0xfe, 0xff, MODRM},
};

static const struct range two_bytes[] = {
    {0x05, 0x05, NOTHING}, {0x0b, 0x0b, NOTHING},      {0x0d, 0x0d, MODRM},        {0x10, 0x1f, MODRM},
    {0x28, 0x2f, MODRM},   {0x31, 0x31, NOTHING},      {0x40, 0x6f, MODRM},        {0x70, 0x73, MODRM | BYTE},
    {0x74, 0x76, MODRM},   {0x77, 0x77, NOTHING},      {0x7c, 0x7f, MODRM},        {0x80, 0x8f, JUMP32},
    {0x90, 0x9f, MODRM},   {0xa2, 0xa2, NOTHING},      {0xa3, 0xa3, MODRM},        {0xa4, 0xa4, MODRM | BYTE},
    {0xa5, 0xa5, MODRM},   {0xab, 0xab, MODRM},        {0xac, 0xac, MODRM | BYTE}, {0xad, 0xaf, MODRM},
    {0xb0, 0xb9, MODRM},   {0xba, 0xba, MODRM | BYTE}, {0xbb, 0xc1, MODRM},        {0xc2, 0xc2, MODRM | BYTE},
    {0xc3, 0xc3, MODRM},   {0xc4, 0xc6, MODRM | BYTE}, {0xc7, 0xc7, MODRM},        {0xc8, 0xcf, NOTHING},
    {0xd0, 0xfe, MODRM},
};

static unsigned follows_in(const struct range *ranges, size_t n, uint8_t opcode)
{
    for (size_t i = 0; i < n; i++)
        if (opcode >= ranges[i].first && opcode <= ranges[i].last)
            return ranges[i].follows;
    return UNKNOWN;
}

static unsigned follows_one(uint8_t opcode)
{
    static const uint8_t arithmetic[8] = {MODRM, MODRM, MODRM, MODRM, BYTE, FULL, UNKNOWN, UNKNOWN};
    if (opcode < 0x40)
        return arithmetic[opcode & 7];
    return follows_in(one_byte, sizeof one_byte / sizeof *one_byte, opcode);
}

/* The prefixes that code of compilers has. */
static bool is_prefix(uint8_t c)
{
    return c == 0x66 || c == 0xf2 || c == 0xf3 || c == 0xf0 || c == 0x64 || c == 0x65 || c == 0x2e ||
           c == 0x3e;
}

/* What ModRM says of the bytes that follow it, itself included. */
static unsigned modrm_bytes(const uint8_t *m, bool *relative)
{
    unsigned mod = m[0] >> 6, rm = m[0] & 7, bytes = 1;
    if (mod == 3)
        return bytes;
    if (rm == 4)
        bytes += 1 + (mod == 0 && (m[1] & 7) == 5 ? 4 : 0);
    else if (mod == 0 && rm == 5)
        *relative = true;
    return bytes + (mod == 1 ? 1 : mod == 2 || *relative ? 4 : 0);
}

/* The opcode and what follows it. *map38: no more than that is known of its immediate. */
static unsigned read_opcode(const uint8_t *code, unsigned *at, unsigned *opcode)
{
    *opcode = code[(*at)++];
    if (*opcode != 0x0f)
        return follows_one((uint8_t)*opcode);
    uint8_t second = code[(*at)++];
    *opcode = 0x0f00u | second;
    if (second == 0x38 || second == 0x3a) {
        ++*at;
        return second == 0x38 ? MODRM : MODRM | BYTE;
    }
    return follows_in(two_bytes, sizeof two_bytes / sizeof *two_bytes, second);
}

/* code can be read for 16 bytes. */
static struct x86 measure(const uint8_t *code)
{
    struct x86 i = {0};
    unsigned at = 0, rex = 0;
    bool narrow = false, relative = false;
    for (; is_prefix(code[at]) && at < 4; at++)
        narrow = narrow || code[at] == 0x66;
    if ((code[at] & 0xf0) == 0x40)
        rex = code[at++];
    unsigned follows = read_opcode(code, &at, &i.opcode);
    if (follows == UNKNOWN)
        return i;
    if (follows & MODRM) {
        bool tests = (i.opcode == 0xf6 || i.opcode == 0xf7) && (code[at] & 0x38) < 0x10;
        follows |= !tests ? 0 : i.opcode == 0xf6 ? BYTE : FULL;
        unsigned bytes = modrm_bytes(code + at, &relative);
        i.at = relative ? at + 1 : 0;
        at += bytes;
    }
    if (follows & (JUMP8 | JUMP32)) {
        i.at = at;
        i.branch = true;
    }
    unsigned full = narrow ? 2 : 4;
    at += (follows & (BYTE | JUMP8) ? 1 : 0) + (follows & WORD ? 2 : 0) + (follows & FULL ? full : 0) +
          (follows & JUMP32 ? 4 : 0) + (follows & LONG ? (rex & 8 ? 8 : full) : 0);
    i.bytes = at;
    return i;
}

struct x86 x86_read(const uint8_t *code, size_t n)
{
    uint8_t copy[32] = {0};
    memcpy(copy, code, n < 16 ? n : 16);
    struct x86 i = measure(copy);
    if (i.bytes > n || i.bytes > 15)
        i.bytes = 0;
    return i;
}

int64_t x86_target(const uint8_t *code, const struct x86 *i)
{
    int32_t wide;
    if (i->branch && i->bytes - i->at == 1)
        return (int64_t)i->bytes + (int8_t)code[i->at];
    memcpy(&wide, code + i->at, sizeof wide);
    return (int64_t)i->bytes + wide;
}
