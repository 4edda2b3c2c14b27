/* Reading a spool file that grows: what is finished is handed out once, what is open each time.
 *
 * A chunk that is finished does not change any more. Pages of zeros may be a chunk whose owner has not begun
 * it: what follows them counts as open until they have stayed zeros for some rounds. */
#ifndef READ_FOLLOW_H
#define READ_FOLLOW_H

#include "base/vec.h"
#include "read/chunk_reader.h"

struct follow {
    struct spool_file file; /* strings in the arena of whoever made it */
    uint64_t next;          /* chunks before it are finished, or in `open` */
    struct vec open;        /* of struct follow_open */
    unsigned stuck;         /* rounds in which a gap stopped us */
};

struct follow_open {
    uint64_t offset;
    uint32_t bytes;
};

struct follow_sink {
    /* finished: it will not come again. */
    void (*see)(struct follow_sink *sink, const struct chunk *chunk, bool finished);
};

/* One round; `reader` as chunk_reader_open wants it. Damage is left to those who fold. */
int follow_round(struct follow *follow, struct arena *arena, struct chunk_reader *reader,
                 struct follow_sink *sink, struct err *err);

#endif
