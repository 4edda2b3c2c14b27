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
        memcpy(out + 16 * i, &sum, sizeof sum);
    }
}

/* Seals or opens; in place, too. Only what is sealed is ever stored at `out`. */
static inline void vl_seal_turn_over(const uint32_t key[VL_SEAL_WORDS], uint64_t writer, uint64_t position,
                                     const void *from, void *out, size_t n)
{
    const uint8_t *in = (const uint8_t *)from;
    uint8_t block[64], *to = (uint8_t *)out;
    for (size_t i = 0; i < n;) {
        size_t within = (size_t)((position + i) % sizeof block), part = sizeof block - within;
        part = part < n - i ? part : n - i;
        vl_seal_block(key, (position + i) / sizeof block, writer, block);
        for (size_t k = 0; k < part; k++)
            to[i + k] = in[i + k] ^ block[within + k];
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
