/* Data guarded by a sequence number: one writer at a time, and readers that take no lock: they look at the
 * number before and after, and throw away what they read where it changed. Words are stored with release and
 * loaded with acquire order, so that none is seen outside of its turn and no fence is needed. Any context,
 * signal handlers too. */
#ifndef SHIM_SEQUENCE_H
#define SHIM_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) sequence_word;

/* False: another writer is at it, who may be what this signal handler interrupted. */
static inline bool sequence_take(uint32_t *sequence)
{
    uint32_t seen = __atomic_load_n(sequence, __ATOMIC_RELAXED);
    return !(seen & 1) &&
           __atomic_compare_exchange_n(sequence, &seen, seen + 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void sequence_give(uint32_t *sequence)
{
    __atomic_store_n(sequence, __atomic_load_n(sequence, __ATOMIC_RELAXED) + 1, __ATOMIC_RELEASE);
}

/* False: it is being written. */
static inline bool sequence_look(const uint32_t *sequence, uint32_t *seen)
{
    *seen = __atomic_load_n(sequence, __ATOMIC_ACQUIRE); /* pairs with sequence_give */
    return !(*seen & 1);
}

/* Whether all that was read since sequence_look was of one writing. */
static inline bool sequence_held(const uint32_t *sequence, uint32_t seen)
{
    return __atomic_load_n(sequence, __ATOMIC_RELAXED) == seen;
}

/* The guarded side is aligned to 8 bytes and has room for n rounded up to 8. */
static inline void sequence_store(void *guarded, const void *from, size_t n)
{
    for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, (const char *)from + i, n - i < sizeof word ? n - i : sizeof word);
        __atomic_store_n((sequence_word *)((char *)guarded + i), word, __ATOMIC_RELEASE);
    }
}

static inline void sequence_load(void *to, const void *guarded, size_t n)
{
    for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
        uint64_t word = __atomic_load_n((const sequence_word *)((const char *)guarded + i), __ATOMIC_ACQUIRE);
        memcpy((char *)to + i, &word, n - i < sizeof word ? n - i : sizeof word);
    }
}

#endif
