/* Hand-made facts: a table of beats says what each process did and when; time 0 is 2026-01-01T00:00:00Z. */
#ifndef UNIT_PLAY_H
#define UNIT_PLAY_H

#include "model/facts.h"

enum beat_kind {
    BEAT_START,  /* n = pid of the parent (0: none), a = words of argv, separated by one space */
    BEAT_EXIT,   /* n = status */
    BEAT_REAP,   /* n = child, m = wait status; k = peak in kB; a fifth of its time was spent computing */
    BEAT_KILL,   /* n = target, m = signal */
    BEAT_WRITE,  /* a = path */
    BEAT_RENAME, /* a = from, b = to */
    BEAT_REMOVE, /* a = path */
    BEAT_TEMP,   /* a = path */
    BEAT_TEXT,   /* n = stream, a = text */
    BEAT_LINE,   /* a = line of standard output */
    BEAT_READ,   /* n = stream, a = text that the process read from a child */
};

struct beat {
    uint32_t pid, ms;
    enum beat_kind kind;
    const char *video; /* NULL: none */
    const char *a, *b;
    int64_t n, m, k;
};

#define PLAY_FOLDER "/films/outputs/2015"

/* New facts, settled. order: which beat comes first to the facts (NULL: as they stand); it makes no
 * difference. */
struct facts *play(const struct beat *beats, size_t count, const size_t *order);

#endif
