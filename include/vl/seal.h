/* Text under seal: what goes into a pipe is encrypted until it is known who reads it.
 *
 * Each pipe (FIFO, socket) has a key of its own, made from a secret that the processes of one run share in
 * memory alone. Whoever prints into a pipe keeps the text under its key; whoever reads from it tells the key
 * (seal_open), unless it is the claude program or leads there. Text whose key is never told stays sealed.
 *
 * The cipher is ChaCha with eight rounds, as a stream: `position` counts the bytes of one writer under one
 * key, so that no byte of the stream is used twice. Sealed text begins with a head that names all three. */
#ifndef VL_SEAL_H
#define VL_SEAL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VL_SEAL_WORDS 8u /* of a key, 32 bits each */

struct vl_seal_head {
    uint64_t pipe;     /* names it on its host and boot */
    uint64_t writer;   /* the process, or program within it, that printed */
    uint64_t position; /* of the first byte */
};

#define VL_SEAL_HEAD 24u
_Static_assert(sizeof(struct vl_seal_head) == VL_SEAL_HEAD, "the head is part of the format");

/* Where positions of a kind begin: pieces of text count from 0. */
#define VL_SEAL_RING ((uint64_t)1 << 62) /* the ring: byte i of the output is at VL_SEAL_RING + i */
#define VL_SEAL_KEYS ((uint64_t)1 << 61) /* keys of pipes, under the keys of others */

typedef uint32_t vl_seal_row __attribute__((vector_size(16)));

static inline vl_seal_row vl_seal_turn(vl_seal_row x, unsigned bits) { return x << bits | x >> (32 - bits); }

static inline void vl_seal_quarters(vl_seal_row v[4])
{
    v[0] += v[1], v[3] = vl_seal_turn(v[3] ^ v[0], 16);
    v[2] += v[3], v[1] = vl_seal_turn(v[1] ^ v[2], 12);
    v[0] += v[1], v[3] = vl_seal_turn(v[3] ^ v[0], 8);
    v[2] += v[3], v[1] = vl_seal_turn(v[1] ^ v[2], 7);
}

static inline void vl_seal_block(const uint32_t key[VL_SEAL_WORDS], uint64_t counter, uint64_t writer,
                                 uint8_t out[64])
{
    const vl_seal_row first[4] = {
        {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574},
        {key[0], key[1], key[2], key[3]},
        {key[4], key[5], key[6], key[7]},
        {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)writer, (uint32_t)(writer >> 32)}};
    vl_seal_row v[4] = {first[0], first[1], first[2], first[3]};
    for (int i = 0; i < 4; i++) {
        vl_seal_quarters(v);
        v[1] = __builtin_shufflevector(v[1], v[1], 1, 2, 3, 0);
        v[2] = __builtin_shufflevector(v[2], v[2], 2, 3, 0, 1);
        v[3] = __builtin_shufflevector(v[3], v[3], 3, 0, 1, 2);
        vl_seal_quarters(v);
        v[1] = __builtin_shufflevector(v[1], v[1], 3, 0, 1, 2);
        v[2] = __builtin_shufflevector(v[2], v[2], 2, 3, 0, 1);
        v[3] = __builtin_shufflevector(v[3], v[3], 1, 2, 3, 0);
    }
    for (int i = 0; i < 4; i++) {
        vl_seal_row sum = v[i] + first[i];
        __builtin_memcpy(out + 16 * i, &sum, sizeof sum);
    }
}

/* Word i of four blocks side by side, as they begin. */
static inline vl_seal_row vl_seal_first(const uint32_t key[VL_SEAL_WORDS], uint64_t counter, uint64_t writer,
                                        int i)
{
    static const uint32_t sigma[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    uint32_t same = i < 4     ? sigma[i]
                    : i < 12  ? key[i - 4]
                    : i == 14 ? (uint32_t)writer
                              : (uint32_t)(writer >> 32);
    unsigned shift = i == 13 ? 32 : 0;
    if (i != 12 && i != 13)
        return (vl_seal_row){same, same, same, same};
    return (vl_seal_row){(uint32_t)(counter >> shift), (uint32_t)((counter + 1) >> shift),
                         (uint32_t)((counter + 2) >> shift), (uint32_t)((counter + 3) >> shift)};
}

/* Four blocks at once, as a processor's registers hold them side by side. */
static inline void vl_seal_blocks(const uint32_t key[VL_SEAL_WORDS], uint64_t counter, uint64_t writer,
                                  uint8_t out[256])
{
    vl_seal_row v[16];
    for (int i = 0; i < 16; i++)
        v[i] = vl_seal_first(key, counter, writer, i);
#define VL_SEAL_QUARTER(a, b, c, d)                                                                          \
    v[a] += v[b], v[d] = vl_seal_turn(v[d] ^ v[a], 16), v[c] += v[d], v[b] = vl_seal_turn(v[b] ^ v[c], 12),  \
                  v[a] += v[b], v[d] = vl_seal_turn(v[d] ^ v[a], 8), v[c] += v[d],                           \
                  v[b] = vl_seal_turn(v[b] ^ v[c], 7)
    for (int round = 0; round < 4; round++) {
        VL_SEAL_QUARTER(0, 4, 8, 12);
        VL_SEAL_QUARTER(1, 5, 9, 13);
        VL_SEAL_QUARTER(2, 6, 10, 14);
        VL_SEAL_QUARTER(3, 7, 11, 15);
        VL_SEAL_QUARTER(0, 5, 10, 15);
        VL_SEAL_QUARTER(1, 6, 11, 12);
        VL_SEAL_QUARTER(2, 7, 8, 13);
        VL_SEAL_QUARTER(3, 4, 9, 14);
    }
#undef VL_SEAL_QUARTER
    for (int i = 0; i < 16; i++) {
        vl_seal_row sum = v[i] + vl_seal_first(key, counter, writer, i);
        for (int k = 0; k < 4; k++) {
            uint32_t word = sum[k];
            __builtin_memcpy(out + 64 * k + 4 * i, &word, sizeof word);
        }
    }
}

static inline void vl_seal_xor(uint8_t *to, const uint8_t *in, const uint8_t *block, size_t n)
{
    size_t k = 0;
    for (vl_seal_row a, b; k + sizeof a <= n; k += sizeof a) {
        __builtin_memcpy(&a, in + k, sizeof a);
        __builtin_memcpy(&b, block + k, sizeof b);
        a ^= b;
        __builtin_memcpy(to + k, &a, sizeof a);
    }
    for (; k < n; k++)
        to[k] = in[k] ^ block[k];
}

/* Seals or opens; in place, too. Only what is sealed is ever stored at `out`. */
static inline void vl_seal_turn_over(const uint32_t key[VL_SEAL_WORDS], uint64_t writer, uint64_t position,
                                     const void *from, void *out, size_t n)
{
    const uint8_t *in = (const uint8_t *)from;
    uint8_t blocks[256], *to = (uint8_t *)out;
    for (size_t i = 0; i < n;) {
        size_t within = (size_t)((position + i) % 64), part = sizeof blocks - within;
        part = part < n - i ? part : n - i;
        if (within + part <= 64)
            vl_seal_block(key, (position + i) / 64, writer, blocks);
        else
            vl_seal_blocks(key, (position + i) / 64, writer, blocks);
        vl_seal_xor(to + i, in + i, blocks + within, part);
        i += part;
    }
}

/* A pipe's key from the run's secret. */
static inline void vl_seal_key(const uint32_t secret[VL_SEAL_WORDS], uint64_t pipe,
                               uint32_t key[VL_SEAL_WORDS])
{
    uint8_t block[64];
    vl_seal_block(secret, UINT64_MAX, pipe, block);
    memcpy(key, block, VL_SEAL_WORDS * sizeof *key);
}

#endif
