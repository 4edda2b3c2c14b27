/* Hand-made facts: a table of beats says what each process did and when; time 0 is 2026-01-01T00:00:00Z. */
#ifndef UNIT_PLAY_H
#define UNIT_PLAY_H

#include "model/facts/facts.h"

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
    BEAT_CALL,   /* n = span, m = the one around it, k = thread (0: the first), a = function, b = arguments */
    BEAT_END,    /* n = span, m = enum vl_span_end, k = thread, a = result */
    BEAT_RAISE,  /* n = enum vl_raise, m = span, k = thread, a = traceback, b = "type: message" */
    BEAT_NOTE,   /* n = span, k = thread, a = kind, b = data */
};

struct beat {
    uint32_t pid, ms;
    enum beat_kind kind;
    const char *video; /* NULL: none */
    const char *a, *b;
    int64_t n, m, k;
};

/* The log of the only video of some facts as JSON text, to be freed; all beats in the order of the table (or
 * of `order`). */
char *play_log(const struct beat *beats, size_t count, const size_t *order);

/* Fails if the log is not what tests/golden/story-NAME.json holds; frees it. UPDATE_GOLDEN=1 writes the file.
 */
void play_hold(const char *name, char *log);

#define PLAY_FOLDER "/films/outputs/2015"

/* New facts, settled. order: which beat comes first to the facts (NULL: as they stand); it makes no
 * difference. */
struct facts *play(const struct beat *beats, size_t count, const size_t *order);

#endif
