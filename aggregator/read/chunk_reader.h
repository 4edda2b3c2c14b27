/* Reads the chunks of a spool file one after the other, whatever state the file is in.
 *
 * The file is read with pread into a buffer of the reader's, never mapped: it may grow, shrink or be torn
 * while it is read. What cannot be understood is damage, and reading goes on at the next page at which a
 * chunk begins. */
#ifndef READ_CHUNK_READER_H
#define READ_CHUNK_READER_H

#include "base/err.h"
#include "model/chunk.h"
#include "read/damage.h"
#include "read/packed/packed.h"

struct chunk_reader {
    int fd;
    struct packed *packed; /* NULL: it is not */
    const struct spool_file *file;
    struct damages *damages;
    uint8_t *buffer; /* CHUNK_WINDOW bytes and some slack */
    uint64_t start;  /* of the buffer in the file */
    uint64_t filled; /* bytes in the buffer */
    uint64_t next;   /* where the next chunk should begin */
};

/* Opens the file. The reader keeps its buffer from one file to the next: set it to zeros before the first,
 * and call chunk_reader_free after the last. `file` and `damages` must outlive it. */
int chunk_reader_open(struct chunk_reader *reader, const struct spool_file *file, struct damages *damages,
                      struct err *err);

/* 1: *chunk is the next one, good until the next call; 0: the file's end; negative: it cannot be read. */
int chunk_reader_next(struct chunk_reader *reader, struct chunk *chunk, struct err *err);

void chunk_reader_close(struct chunk_reader *reader);
void chunk_reader_free(struct chunk_reader *reader);

/* Reads a chunk again that a reader found before, into `buffer` (limit + CHUNK_SLACK bytes, aligned for any
 * type). False when the file is no longer what it was. */
bool chunk_reload(const struct spool_file *file, uint64_t offset, uint32_t limit, uint8_t *buffer,
                  struct chunk *chunk);

/* Notes that the events of a chunk end in something that is not an event, at `offset` in the chunk. */
void chunk_broken(struct damages *damages, const struct chunk *chunk, uint32_t offset);

#endif
