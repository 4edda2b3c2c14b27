/* Walks the events of a chunk and decodes them by events.def.
 *
 *   struct cursor at;
 *   cursor_start(&at, chunk);
 *   while (cursor_next(&at, &record) == CURSOR_EVENT)
 *
 * Events whose code is not known are stepped over; their time counts. Nothing is allocated. */
#ifndef MODEL_CURSOR_H
#define MODEL_CURSOR_H

#include "model/chunk.h"
#include "model/record.h"

struct cursor {
    const uint8_t *begin, *at, *end; /* the chunk, the next event, where events must have ended */
    uint64_t units;                  /* of the event before: header.ticks >> shift + the sum of since */
    uint64_t skipped;                /* events of unknown code so far */
    uint8_t shift;
};

enum cursor_state {
    CURSOR_EVENT,
    CURSOR_END,   /* a zero, or the end of the chunk */
    CURSOR_BROKEN /* an event that runs past the end or contradicts itself; cursor.at is its beginning */
};

void cursor_start(struct cursor *cursor, const struct chunk *chunk);
enum cursor_state cursor_next(struct cursor *cursor, struct record *record);

#endif
