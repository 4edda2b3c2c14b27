/* Open chunks are read again one by one, new ones from where the last round ended. */
#include "read/follow.h"

#define ROUNDS_PATIENT 5

/* An open chunk as it is now. */
static bool look_again(struct follow *f, struct arena *scratch, const struct follow_open *open,
                       struct follow_sink *sink)
{
    struct chunk chunk;
    uint8_t *buffer = arena_alloc(scratch, (size_t)open->bytes + CHUNK_SLACK);
    if (!chunk_reload(&f->file, open->offset, open->bytes, buffer, &chunk))
        return true; /* it was given up: nothing more comes of it */
    bool finished =
        chunk.header->used_bytes >= chunk.header->header_bytes && chunk.header->used_bytes <= chunk.limit;
    if (finished)
        chunk.limit = chunk.header->used_bytes;
    sink->see(sink, &chunk, finished);
    return finished;
}

static void look_at_open(struct follow *f, struct follow_sink *sink)
{
    struct arena *scratch = arena_new();
    size_t kept = 0;
    for (size_t i = 0; i < f->open.count; i++) {
        struct follow_open open = *VEC_AT(&f->open, struct follow_open, i);
        if (!look_again(f, scratch, &open, sink))
            *VEC_AT(&f->open, struct follow_open, kept++) = open;
    }
    f->open.count = kept;
    arena_free(scratch);
}

static void take_new(struct follow *f, struct arena *arena, const struct chunk *chunk,
                     struct follow_sink *sink)
{
    bool gap = chunk->offset != f->next && f->stuck < ROUNDS_PATIENT;
    bool finished = chunk->header->used_bytes != 0 && !gap;
    sink->see(sink, chunk, finished);
    if (gap)
        return;
    f->next = chunk->offset + chunk->header->chunk_bytes;
    if (!finished)
        *VEC_PUSH(arena, &f->open, struct follow_open) =
            (struct follow_open){chunk->offset, chunk->header->chunk_bytes};
}

int follow_round(struct follow *f, struct arena *arena, struct chunk_reader *reader, struct follow_sink *sink,
                 struct err *err)
{
    struct damages damages = {.arena = arena_new()};
    struct chunk chunk;
    uint64_t beyond = 0;
    look_at_open(f, sink);
    int got = chunk_reader_open(reader, &f->file, &damages, err);
    reader->next = f->next;
    if (got == 0)
        while ((got = chunk_reader_next(reader, &chunk, err)) > 0) {
            take_new(f, arena, &chunk, sink);
            beyond += chunk.offset >= f->next;
        }
    f->stuck = beyond ? f->stuck + 1 : 0;
    chunk_reader_close(reader);
    arena_free(damages.arena);
    return got;
}
