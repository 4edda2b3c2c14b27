/* A chunk of a spool file as the reader hands it on: checked as far as it can be. */
#ifndef MODEL_CHUNK_H
#define MODEL_CHUNK_H

#include "base/str.h"

#include "vl/spool.h"

#include <stdbool.h>
#include <stdint.h>

/* A file of a spool. Strings belong to the arena of the list it is in. */
struct spool_file {
    struct str path;   /* to open it */
    struct str label;  /* below the spool folder: <video>/<host>-<boot>-<spool>.vls */
    struct str folder; /* <video>, or _run */
    uint64_t bytes;    /* when it was listed; it may have grown or shrunk since */
    uint64_t device, inode;
};

/* Bytes beyond `limit` that may be read, whatever they are. */
#define CHUNK_SLACK 16

struct chunk {
    const struct vl_chunk *header; /* aligned; dies with the next chunk of the same reader */
    const uint8_t *bytes;          /* the whole chunk, header included */
    uint32_t limit;                /* bytes from the chunk's start that may hold events */
    bool checked;                  /* finished and its checksum was right */
    const struct spool_file *file;
    uint64_t offset; /* in the file */
};

#endif
