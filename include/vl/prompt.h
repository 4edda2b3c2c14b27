/* Length and keyed hash of a prompt, so that a transcript can be told from another without keeping text.
 *
 * White space (bytes 9 to 13 and 32) is left out of both, because programs trim what they read. The hash is
 * SipHash-2-4 under the key and its complement; 0 stands for "not known", so a hash of 0 is given as 1. */
#ifndef VL_PROMPT_H
#define VL_PROMPT_H

#include <stddef.h>
#include <stdint.h>

struct vl_prompt {
    uint64_t v[4], word, bytes;
};

static inline uint64_t vl_prompt_turn(uint64_t x, unsigned bits) { return x << bits | x >> (64 - bits); }

static inline void vl_prompt_rounds(uint64_t v[4], int rounds)
{
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = vl_prompt_turn(v[1], 13) ^ v[0];
        v[3] = vl_prompt_turn(v[3], 16) ^ v[2];
        v[0] = vl_prompt_turn(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = vl_prompt_turn(v[1], 17) ^ v[2];
        v[3] = vl_prompt_turn(v[3], 21) ^ v[0];
        v[2] = vl_prompt_turn(v[2], 32);
    }
}

static inline void vl_prompt_begin(struct vl_prompt *p, uint64_t key)
{
    p->v[0] = key ^ 0x736f6d6570736575u;
    p->v[1] = ~key ^ 0x646f72616e646f6du;
    p->v[2] = key ^ 0x6c7967656e657261u;
    p->v[3] = ~key ^ 0x7465646279746573u;
    p->word = p->bytes = 0;
}

static inline void vl_prompt_word(struct vl_prompt *p, uint64_t word)
{
    p->v[3] ^= word;
    vl_prompt_rounds(p->v, 2);
    p->v[0] ^= word;
}

/* In pieces of any size. */
static inline void vl_prompt_add(struct vl_prompt *p, const void *text, size_t bytes)
{
    const uint8_t *at = (const uint8_t *)text;
    for (size_t i = 0; i < bytes; i++) {
        if (at[i] == ' ' || (at[i] >= '\t' && at[i] <= '\r'))
            continue;
        p->word |= (uint64_t)at[i] << (p->bytes % 8 * 8);
        if (++p->bytes % 8)
            continue;
        vl_prompt_word(p, p->word);
        p->word = 0;
    }
}

static inline uint64_t vl_prompt_hash(struct vl_prompt p)
{
    vl_prompt_word(&p, p.word | p.bytes << 56);
    p.v[2] ^= 0xff;
    vl_prompt_rounds(p.v, 4);
    uint64_t hash = p.v[0] ^ p.v[1] ^ p.v[2] ^ p.v[3];
    return hash ? hash : 1;
}

#endif
