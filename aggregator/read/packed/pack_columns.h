/* A stretch of a spool file with what is alike put together, and back: what a compressor can do more with.
 *
 * Events of chunks are taken apart: codes, times, each field, each kind of body is a column of its own.
 * Whatever is no event as the recorder writes them stays as it is. columns_join gives the very same bytes. */
#ifndef READ_PACKED_PACK_COLUMNS_H
#define READ_PACKED_PACK_COLUMNS_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* Which column: COLUMN_VALUES + 2 * (5 * (code - 128) + value), then the higher part of the same values. */
enum column_key {
    COLUMN_SHAPES,  /* of each page or chunk: enum; numbers that go with it */
    COLUMN_PLAIN,   /* pages that are no chunk of events */
    COLUMN_HEADERS, /* of chunks */
    COLUMN_CODES,   /* of events; 0 ends those of a chunk */
    COLUMN_RESTS,   /* what follows a chunk's events, without the zeros at its end */
    COLUMN_LENGTHS, /* of bodies */
    COLUMN_BODIES,  /* COLUMN_BODIES + code */
    COLUMN_VALUES = COLUMN_BODIES + 128,
    COLUMN_COUNT = COLUMN_VALUES + 128 * 5 * 2
};

struct columns {
    struct arena *arena;
    struct vec of[COLUMN_COUNT]; /* of uint8_t */
    size_t at[COLUMN_COUNT];     /* joining: how far each is used up */
};

/* Adds all of the stretch, which begins at a page. */
void pack_columns_split(struct columns *columns, const uint8_t *bytes, size_t count);

/* Whether the columns made exactly `count` bytes. */
bool pack_columns_join(struct columns *columns, uint8_t *bytes, size_t count);

/* How much of the stretch are whole chunks, at most `count`; at least a page, or all of it. */
size_t pack_columns_cut(const uint8_t *bytes, size_t count);

#endif
